import type { Command } from 'commander';
import { followPipeline, type PipelineRequest, startPipeline } from '../actions/pipelines.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { asOfOption, type AsOfChoice, stageOption, toShare } from './options.ts';

export function train(program: Command): void {
  program
    .command('train <model>')
    .description('train, evaluate, register and, if it passes the gate, promote a new version')
    .addOption(asOfOption())
    .option('--sample <share>', 'share of the rows to learn from', toShare)
    .addOption(stageOption())
    .action((model: string, { sample, ...choice }: AsOfChoice & { sample?: number }) =>
      run(model, 'train', choice, { sample }),
    );
}

async function run(
  model: string,
  pipeline: PipelineRequest['pipeline'],
  { stage, asOf = new Date() }: AsOfChoice,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const target = await openTarget(stage === undefined ? {} : { stage });
  await terminal.step(
    `${pipeline} ${model}`,
    async (report) => {
      const started = await startPipeline(target, model, {
        pipeline,
        asOf: asOf.toISOString(),
        options,
      });
      return followPipeline(started, report).then(() => started);
    },
    ({ runId }) => `run ${runId}`,
  );
}
