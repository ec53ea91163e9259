import type { Command } from 'commander';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { loadModel } from '../../models/index.ts';
import { loadShipped } from '../actions/load.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

interface LoadChoice extends StageChoice {
  readonly from: string;
  readonly to: string;
}

export function load(program: Command): void {
  program
    .command('load <model>')
    .description('load the data that ships with a model into the bucket, a day an object')
    .requiredOption('--from <day>', 'first day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'the day after the last, YYYY-MM-DD')
    .addOption(stageOption())
    .action(async (model: string, { from, to, ...choice }: LoadChoice) => {
      const definition = await loadModel(model);
      const target = await openTarget(choice);
      await terminal.step(
        `load ${model}`,
        (report) =>
          loadShipped(s3Objects(target.output('BucketName')), definition, { from, to }, report),
        (days) => `${days} days`,
      );
    });
}
