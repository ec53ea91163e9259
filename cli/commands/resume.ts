import type { Command } from 'commander';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { createRuns, type Run } from '../../core/runs/runs.ts';
import { followPipeline, type PipelineRequest, startPipeline } from '../actions/pipelines.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

export function resume(program: Command): void {
  program
    .command('resume <model> <run>')
    .description('go on with a run that failed, at the step that failed')
    .addOption(stageOption())
    .action(async (model: string, runId: string, { stage }: StageChoice) => {
      const target = await openTarget(stage === undefined ? {} : { stage });
      const runs = createRuns(dynamoFacts(target.output('TableName')));
      const request = requestOf(await runs.getRun({ model, runId }));
      await terminal.step(`resume ${runId}`, async (report) => {
        await followPipeline(await startPipeline(target, model, request), report);
      });
    });
}

/**
 * What the run was asked for with; the same request is the same run.
 *
 * @throws {RangeError} if it was not started by a request
 */
function requestOf({ runId, pipeline, asOf, trigger, tags }: Run): PipelineRequest {
  if (!isPipeline(pipeline)) {
    throw new RangeError(`run '${runId}' is of '${pipeline}', which no job runs; run it again`);
  }
  const options: Record<string, unknown> = JSON.parse(tags['options'] ?? '{}');
  return { pipeline, asOf, trigger, options };
}

function isPipeline(name: string): name is PipelineRequest['pipeline'] {
  return ['train', 'score', 'monitor', 'rebuild'].includes(name);
}
