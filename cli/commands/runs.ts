import type { Command } from 'commander';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { createRuns, latestMetrics } from '../../core/runs/runs.ts';
import { openTarget } from '../target.ts';
import { table, terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function runs(program: Command): void {
  program
    .command('runs <model>')
    .description('the runs of a model, newest first')
    .addOption(stageOption())
    .action(async (model: string, choice: StageChoice) => {
      const target = await openTarget(choice);
      const found = await createRuns(dynamoFacts(target.output('TableName'))).listRuns(model);
      const rows = found.map((run) => [
        run.runId,
        run.trigger,
        run.status,
        run.failure ??
          Object.entries(latestMetrics(run))
            .map(([name, value]) => `${name} ${value.toFixed(4)}`)
            .join('  '),
      ]);
      terminal.say(table(['run', 'trigger', 'status', 'outcome'], rows));
    });
}
