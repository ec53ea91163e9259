import type { Command } from 'commander';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { tellRebuild, type Rebuild } from '../../core/pipeline/rebuild.ts';
import { readJson, runFiles } from '../../core/pipeline/run-files.ts';
import { followPipeline, startPipeline } from '../actions/pipelines.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toCount, toModelVersion } from './options.ts';

interface RebuildChoice extends StageChoice {
  readonly threads?: number;
}

export function rebuild(program: Command): void {
  program
    .command('rebuild <version>')
    .description('train a version, such as churn/7, again from what was recorded, and compare')
    .option(
      '--threads <number>',
      'threads to train with; as many as the job has without it',
      toCount,
    )
    .addOption(stageOption())
    .action(async (text: string, { stage, threads }: RebuildChoice) => {
      const { model, version } = toModelVersion(text);
      const target = await openTarget(stage === undefined ? {} : { stage });
      const started = await terminal.step(
        `rebuild ${model}/${version}`,
        async (report) => {
          const asOf = new Date().toISOString();
          const request = { pipeline: 'rebuild', asOf, options: { version, threads } } as const;
          const pipeline = await startPipeline(target, model, request);
          await followPipeline(pipeline, report);
          return pipeline;
        },
        ({ runId }) => `run ${runId}`,
      );
      const key = runFiles({ model, runId: started.runId }).rebuild;
      const outcome = await readJson<Rebuild>(s3Objects(target.output('BucketName')), key);
      terminal.say(tellRebuild(outcome));
      if (!outcome.identical) process.exitCode = 1;
    });
}
