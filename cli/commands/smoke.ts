import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { loadModels } from '../../models/index.ts';
import { smokeAlarm, smokeModel } from '../actions/smoke.ts';
import { createChecklist } from '../checklist.ts';
import { openTarget } from '../target.ts';
import { stageOption, type StageChoice } from './options.ts';

interface SmokeChoice extends StageChoice {
  readonly model?: string;
  readonly alarm: boolean;
}

/** A cold Fargate task is not waited for with this; only what streams and alarms take. */
const PATIENCE_MS = 60_000;

export function smoke(program: Command): void {
  program
    .command('smoke')
    .description('try every part of a live system: predict, stream, batch, alarm')
    .option('--model <model>', 'only this one; all that are deployed without it')
    .option('--no-alarm', 'do not ring the alarm that is there to be tried')
    .addOption(stageOption())
    .action(async ({ model, alarm, ...choice }: SmokeChoice) => {
      const target = await openTarget(choice);
      const models = (await loadModels()).filter(({ name }) => (model ?? name) === name);
      if (models.length === 0) throw new Error(`there is no model '${model}' in models/`);
      const list = createChecklist({
        write: (text) => process.stdout.write(text),
        elapsedMs: () => performance.now(),
      });
      const options = { target, list, by: userInfo().username, patienceMs: PATIENCE_MS };
      for (const definition of models) await smokeModel(options, definition);
      if (alarm) await smokeAlarm(options);
      const bad = list.failed.length + list.notHere.length;
      console.log(bad === 0 ? `\n${target.stack} is alive` : `\n${bad} of it could not be shown`);
      if (bad > 0) process.exitCode = 1;
    });
}
