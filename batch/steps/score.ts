/** First step of scoring: lists and divides the input, and sees to it that every shard is scored. */
import { withDuckDb } from '../../core/data/duckdb.ts';
import { dayOf, layout } from '../../core/model/layout.ts';
import { parseScoreOptions } from '../../core/pipeline/options.ts';
import { listInput } from '../../core/score/input.ts';
import { jobOf } from '../../core/score/keys.ts';
import { listManifests, listReceipts, type Manifest } from '../../core/score/manifest.ts';
import { planJob, type ScorePlan } from '../../core/score/plan.ts';
import { handToMonitors } from '../../core/score/publish.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { UNFINISHED, type StepAction, type StepContext } from '../step.ts';
import { publishAndTell } from './publish.ts';
import { scoreOne } from './shard.ts';
import { batchOf, duckDbForScoring } from './sizes.ts';
import { pinVersion } from './version.ts';

export const score: StepAction = async (context) => {
  const { definition, objects, runId, asOf, say } = context;
  const { name: model } = definition;
  const options = parseScoreOptions(context.options);
  const day = options.day ?? dayOf(new Date(asOf.getTime() - 86_400_000));
  const version = await pinVersion(context, options.version);
  const input = await listInput(objects, definition, options.input ?? `dt=${day}`);
  const place = `${layout.datasets(model)}${input.name}`;
  if (input.objects.length === 0) {
    return `there is no data at '${place}', so nothing was scored`;
  }
  const job = jobOf(input.fingerprint, version, options.again === true ? runId : '');
  const known = (await listManifests(objects, model, input.name)).find((one) => one.job === job);
  if (known !== undefined) return alreadyPublished(context, known);
  const plan = await withDuckDb(duckDbForScoring(context), (connection) =>
    planJob(
      connection,
      objects,
      { definition, input, version, job, rowsPerShard: batchOf(definition).rowsPerShard },
      context.scratch,
    ),
  );
  say(
    `${input.objects.length} objects at '${place}' make ${plan.shards.length} shards ` +
      `(${plan.rows} rows counted), for ${model}/${version}`,
  );
  return scoreAll(context, plan);
};

async function alreadyPublished({ objects }: StepContext, manifest: Manifest): Promise<string> {
  // Whoever published it may have been stopped before it came to that.
  await handToMonitors(objects, manifest);
  const { rows, version, input, runId } = manifest;
  return (
    `nothing to do: run '${runId}' published ${rows} rows of '${input}' by version ${version}, ` +
    'and the input is the same; to score it once more, ask with --again'
  );
}

/** What one job does as well is not given to an array: that would be another container to start. */
async function scoreAll(context: StepContext, plan: ScorePlan): Promise<string> {
  const done = await listReceipts(context.objects, plan.model, plan.job);
  const missing = [...plan.shards.keys()].filter((shard) => !done.has(shard));
  if (missing.length > 1) return submit(context, plan, missing.length);
  for (const shard of missing) await scoreOne(context, plan, shard);
  return publishAndTell(context, plan);
}

/** Each job's id is kept as soon as it is known, so that a planner which is retried goes on. */
async function submit(context: StepContext, plan: ScorePlan, missing: number): Promise<string> {
  const { definition, facts, runId } = context;
  const name = { model: definition.name, runId };
  const runs = createRuns(facts);
  const { steps } = await runs.getRun(name);
  const submitOne = async (
    step: 'shard' | 'publish',
    as: string,
    how: { children?: number; dependsOn: readonly string[] },
  ): Promise<string> => {
    const kept = steps[as]?.jobId;
    if (kept !== undefined) return kept;
    const { queue, definition: job } = context.childJobs();
    const parameters = {
      step,
      run: runId,
      asOf: context.asOf.toISOString(),
      options: JSON.stringify({ job: plan.job }),
    };
    const jobId = await queue.submit({
      name: `${definition.name}-${runId}-${step}`,
      definition: job,
      parameters,
      ...how,
    });
    await runs.logStep(name, as, { status: 'running', note: 'submitted', at: context.asOf, jobId });
    return jobId;
  };
  const children = plan.shards.length;
  const shards = await submitOne('shard', 'score.shards', { children, dependsOn: [] });
  await submitOne('publish', 'score.publish', { dependsOn: [shards] });
  return `${UNFINISHED}${missing} of ${children} shards are to be scored by array job ${shards}`;
}
