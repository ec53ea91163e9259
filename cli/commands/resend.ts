import type { Command } from 'commander';
import { kinesisRecords } from '../../core/aws/predictions-stream.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { resendUnsent } from '../../core/serve/unsent-records.ts';
import { openTarget, outputOf } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function resend(program: Command): void {
  program
    .command('resend <model>')
    .description('send prediction records again that the predictions stream did not take')
    .addOption(stageOption())
    .action(async (model: string, choice: StageChoice) => {
      const target = await openTarget(choice);
      const stream = kinesisRecords(target.output(outputOf(model, 'PredictionsStream')));
      const sent = await resendUnsent(s3Objects(target.output('BucketName')), stream, model);
      terminal.say(`${sent} records sent`);
    });
}
