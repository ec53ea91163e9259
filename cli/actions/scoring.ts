/** Scoring batches and reading what was published. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { downloadAll } from '../../core/data/dataset.ts';
import { literal, withDuckDb, type DuckDBConnection } from '../../core/data/duckdb.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { Manifest } from '../../core/score/manifest.ts';
import type { Target } from '../target.ts';
import type { Report } from '../terminal.ts';
import { followPipeline, startPipeline } from './pipelines.ts';

export interface BatchRequest {
  readonly asOf: Date;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ScoredBatch {
  readonly runId: string;
  /** What came of it, in a sentence. */
  readonly note: string;
}

/** Parts of the run that the scoring job may have submitted. */
const CHILDREN = ['score.shards', 'score.publish'];

/**
 * Scores a batch and waits for it, also for the array of shards that a large one takes.
 *
 * @throws {Error} with the reason and the end of the log of the job that failed
 */
export async function scoreBatch(
  target: Target,
  model: string,
  { asOf, options = {} }: BatchRequest,
  report: Report,
): Promise<ScoredBatch> {
  const request = { pipeline: 'score', asOf: asOf.toISOString(), options } as const;
  const started = await startPipeline(target, model, request);
  await followPipeline(started, report);
  const runs = createRuns(dynamoFacts(target.output('TableName')));
  const name = { model, runId: started.runId };
  const { steps } = await runs.getRun(name);
  const jobs = CHILDREN.flatMap((step) => {
    const jobId = steps[step]?.jobId;
    return jobId === undefined ? [] : [{ step, jobId }];
  });
  if (jobs.length > 0) await followPipeline({ ...started, jobs }, report);
  const ended = (await runs.getRun(name)).steps;
  const note = (jobs.length > 0 ? ended['score.publish'] : ended['score'])?.note ?? '';
  return { runId: started.runId, note };
}

/**
 * Works on the published rows of a manifest as the table `predictions`.
 *
 * @throws {Error} if a part is not the one that was published
 */
export async function withPredictions<Result>(
  objects: ObjectStore,
  { parts }: Manifest,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'tidemill-predictions-'));
  try {
    const listed = parts.map(({ key, bytes }) => ({ key, size: bytes, etag: '' }));
    const files = await downloadAll(objects, listed, scratch);
    for (const [at, { key, sha256 }] of parts.entries()) {
      if (files[at]?.sha256 !== sha256) {
        throw new Error(`'${key}' is not what was published; score once more with --again`);
      }
    }
    const paths = files.map(({ path }) => literal(path));
    return await withDuckDb({ memoryMiB: 512, threads: 2, scratch }, async (connection) => {
      await connection.run(
        `create view predictions as
         select * from read_parquet([${paths.join(', ')}], union_by_name = true)`,
      );
      return work(connection);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
