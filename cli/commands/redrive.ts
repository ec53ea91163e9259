import type { Command } from 'commander';
import { consumeAgain } from '../actions/consume-again.ts';
import { givenUp, recordsOf } from '../actions/given-up.ts';
import { openTarget, outputOf } from '../target.ts';
import { count, terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function redrive(program: Command): void {
  program
    .command('redrive <model>')
    .description('send batches of events again that were given up')
    .addOption(stageOption())
    .action(async (model: string, choice: StageChoice) => {
      const target = await openTarget(choice);
      const sum = { batches: 0, answered: 0, quarantined: 0 };
      for await (const batch of givenUp(target.output(outputOf(model, 'FailuresQueueUrl')))) {
        const { shardId, startSequenceNumber, endSequenceNumber, batchSize } =
          batch.KinesisBatchInfo;
        const records = await recordsOf(batch);
        for await (const { answered, quarantined } of consumeAgain(target, model, records)) {
          sum.answered += answered.length;
          sum.quarantined += quarantined.length;
        }
        await batch.done();
        sum.batches++;
        if (records.length === batchSize) continue;
        terminal.say(
          `${count(batchSize - records.length)} of ${count(batchSize)} records have left the stream: ` +
            `${shardId}, ${startSequenceNumber} to ${endSequenceNumber}`,
        );
      }
      terminal.say(
        `${count(sum.batches)} batches sent again: ${count(sum.answered)} records answered, ` +
          `${count(sum.quarantined)} in the quarantine`,
      );
    });
}
