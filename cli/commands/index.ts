/** Every command, in the order in which help lists them. */
import type { Command } from 'commander';
import { demo } from './demo.ts';
import { load } from './load.ts';
import { monitor, score, train } from './pipelines.ts';
import { history, promote, rollback, versions } from './registry.ts';
import { runs } from './runs.ts';
import { start } from './start.ts';

const COMMANDS: readonly ((program: Command) => void)[] = [
  start,
  demo,
  load,
  train,
  score,
  monitor,
  runs,
  versions,
  history,
  promote,
  rollback,
];

export function registerCommands(program: Command): void {
  for (const register of COMMANDS) register(program);
}
