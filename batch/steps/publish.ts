/** Last step of scoring: makes the output visible, and tells about it. */
import { parseShardOptions } from '../../core/pipeline/options.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { listReceipts, type Manifest } from '../../core/score/manifest.ts';
import { notePublished, rowsChange } from '../../core/score/published.ts';
import { readPlan, type ScorePlan } from '../../core/score/plan.ts';
import { publishJob } from '../../core/score/publish.ts';
import type { StepAction, StepContext } from '../step.ts';
import { batchOf } from './sizes.ts';

export const publish: StepAction = async (context) => {
  const { definition, objects, facts, options, runId, asOf } = context;
  const plan = await readPlan(objects, definition.name, parseShardOptions(options).job);
  const note = await publishAndTell(context, plan);
  const run = { model: definition.name, runId };
  const runs = createRuns(facts);
  const receipts = [...(await listReceipts(objects, plan.model, plan.job)).values()];
  const spent = receipts.reduce((sum, { vcpuSeconds }) => sum + vcpuSeconds, 0);
  await runs.logCost(run, `shards of job ${plan.job}`, Math.round(spent * 100) / 100);
  const state = { status: 'finished', note: `${plan.shards.length} shards`, at: asOf } as const;
  await runs.logStep(run, 'score.shards', {
    ...(await runs.getRun(run)).steps['score.shards'],
    ...state,
  });
  return note;
};

export async function publishAndTell(context: StepContext, plan: ScorePlan): Promise<string> {
  const { definition, objects, facts, runId, asOf } = context;
  const { name: model } = definition;
  const { maximumRejectedShare } = batchOf(definition);
  const manifest = await publishJob(objects, { plan, runId, asOf, maximumRejectedShare });
  const { rows, rejected, vcpuSeconds } = manifest;
  const change = await rowsChange(facts, manifest);
  context.publish({
    metrics: {
      PredictedRows: { value: rows, unit: 'Count' },
      RejectedRows: { value: rejected, unit: 'Count' },
      ...(change !== undefined && { RowsChange: { value: change, unit: 'NoUnit' } }),
    },
  });
  await createRuns(facts).logMetrics(
    { model, runId },
    {
      rows,
      rejected,
      shards: plan.shards.length,
      shardVcpuSeconds: vcpuSeconds,
      ...(vcpuSeconds > 0 && { rowsPerVcpuSecond: Math.round(rows / vcpuSeconds) }),
    },
  );
  const note = sentenceOf(manifest, change);
  if (await notePublished(facts, manifest)) await context.notify(`${model} was scored`, note);
  return note;
}

function sentenceOf(manifest: Manifest, change: number | undefined): string {
  const { rows, rejected, input, version, number, vcpuSeconds } = manifest;
  return (
    `published ${rows} rows of '${input}' by version ${version} as manifest ${number}, for ` +
    `${vcpuSeconds} vCPU-seconds` +
    (rejected > 0 ? `; rejected ${rejected}, see '${manifest.rejects[0]?.key}'` : '') +
    (change === undefined ? '' : `; ${Math.round(change * 100)} % away from the usual rows`)
  );
}
