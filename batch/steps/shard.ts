/** A child of the scoring array: scores its shard, unless that was done. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { openSession } from '../../core/onnx/session.ts';
import { parseShardOptions } from '../../core/pipeline/options.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { finishShard } from '../../core/score/finish-shard.ts';
import { hasReceipt } from '../../core/score/manifest.ts';
import { readPlan, type ScorePlan } from '../../core/score/plan.ts';
import { progressLine } from '../../core/score/progress.ts';
import { sampleShare } from '../../core/score/sample.ts';
import { scoreShard } from '../../core/score/score-shard.ts';
import { openVersion } from '../../core/serve/served-model.ts';
import type { StepAction, StepContext } from '../step.ts';
import { duckDbForScoring } from './sizes.ts';

export const shard: StepAction = async (context) => {
  const { definition, objects, options, candidate: index } = context;
  const plan = await readPlan(objects, definition.name, parseShardOptions(options).job);
  if (await hasReceipt(objects, plan, index)) {
    return `shard ${index} is scored already`;
  }
  return scoreOne(context, plan, index);
};

/** Scores a shard in this process and leaves its receipt. */
export async function scoreOne(
  context: StepContext,
  plan: ScorePlan,
  index: number,
): Promise<string> {
  const { definition, objects, facts, asOf, scratch, say } = context;
  const planned = plan.shards[index];
  if (planned === undefined) {
    throw new RangeError(`job '${plan.job}' has no shard ${index}; it has ${plan.shards.length}`);
  }
  const duckDb = duckDbForScoring(context);
  const served = await openVersion(
    {
      definition,
      objects,
      registry: createRegistry(facts),
      openSession: (bytes) => openSession(bytes, { threads: duckDb.threads, coded: true }),
    },
    { version: plan.version, at: asOf.toISOString() },
  );
  const folder = join(scratch, `shard-${index}`);
  await mkdir(folder, { recursive: true });
  const started = performance.now();
  const rows = planned.slices.reduce((sum, { group }) => sum + (group?.rows ?? 0), 0);
  const scored = await withDuckDb(duckDb, (reader, writer) =>
    scoreShard({ reader, writer }, planned, {
      definition,
      served,
      objects,
      asOf,
      sampleShare: shareOf(plan),
      folder,
      report: progressLine(rows, () => performance.now(), say),
    }),
  );
  await served.release();
  await finishShard(objects, plan, index, scored, context.spent());
  const perSecond = Math.round(scored.rows / ((performance.now() - started) / 1000));
  const note = `scored ${scored.rows} rows of shard ${index}, ${perSecond} rows/s`;
  return scored.rejected > 0 ? `${note}; rejected ${scored.rejected}` : note;
}

function shareOf({ rows, objects }: ScorePlan): number {
  return sampleShare({ rows, bytes: objects.reduce((sum, { size }) => sum + size, 0) });
}
