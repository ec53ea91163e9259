/** Every command, in the order in which help lists them. */
import type { Command } from 'commander';
import { backup, restore } from './backup.ts';
import { backtest } from './backtest.ts';
import { canary } from './canary.ts';
import { capacity } from './capacity.ts';
import { cost } from './cost.ts';
import { demo } from './demo.ts';
import { erase } from './erase.ts';
import { explain } from './explain.ts';
import { load } from './load.ts';
import { approve, reject, resumeAlarms } from './loop.ts';
import { monitor } from './monitor.ts';
import { train } from './pipelines.ts';
import { preflight } from './preflight.ts';
import { predictions } from './predictions.ts';
import { predict } from './predict.ts';
import { quarantine } from './quarantine.ts';
import { register } from './register.ts';
import { rebuild } from './rebuild.ts';
import { replay } from './replay.ts';
import { resend } from './resend.ts';
import { redrive } from './redrive.ts';
import { resume } from './resume.ts';
import { history, promote, rollback, versions } from './registry.ts';
import { runs } from './runs.ts';
import { serve } from './serve.ts';
import { score } from './score.ts';
import { smoke } from './smoke.ts';
import { start } from './start.ts';
import { timeline } from './timeline.ts';

const COMMANDS: readonly ((program: Command) => void)[] = [
  start,
  demo,
  replay,
  load,
  train,
  score,
  predictions,
  explain,
  monitor,
  backtest,
  runs,
  versions,
  history,
  promote,
  rollback,
  timeline,
  approve,
  reject,
  resumeAlarms,
  rebuild,
  resume,
  register,
  canary,
  predict,
  serve,
  resend,
  capacity,
  cost,
  quarantine,
  redrive,
  preflight,
  smoke,
  backup,
  restore,
  erase,
];

export function registerCommands(program: Command): void {
  for (const add of COMMANDS) add(program);
}
