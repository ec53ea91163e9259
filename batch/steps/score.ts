/** Batch scoring: the rows of one day, by the champion or a named version. */
import { join } from 'node:path';
import { downloadAll, listDataset, type LocalFile } from '../../core/data/dataset.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { dayOf, layout } from '../../core/model/layout.ts';
import { openSession, type ModelSession } from '../../core/onnx/session.ts';
import { parseScoreOptions } from '../../core/pipeline/options.ts';
import { writeJson } from '../../core/pipeline/run-files.ts';
import { scoreFile } from '../../core/pipeline/score-file.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { openGzipLines } from '../gzip-lines.ts';
import type { StepAction, StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';
import { pinVersion } from './version.ts';

export const score: StepAction = async (context) => {
  const { definition, objects, facts, runId, asOf, scratch, say } = context;
  const { name: model } = definition;
  const options = parseScoreOptions(context.options);
  const day = options.day ?? dayOf(new Date(asOf.getTime() - 86_400_000));
  const version = await pinVersion(context, options.version);
  const found = (await listDataset(objects, definition)).filter((object) => object.day === day);
  if (found.length === 0) {
    return `there is no data of ${day} under '${layout.datasets(model)}dt=${day}/', so nothing was scored`;
  }
  say(`scoring ${found.length} objects of ${day} with ${model}/${version}`);
  const files = await downloadAll(objects, found, scratch);
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const session = await openSession(await objects.get(layout.modelFile(model, version)), {
    threads: Math.max(1, job.vcpus),
  });
  const counts = await scoreAll(context, files, session, version);
  await session.release();
  const predictions = `${layout.predictionsOf(model, dayOf(asOf))}batch-${day}-${runId}.jsonl.gz`;
  const rejects = `${layout.run(model, runId)}rejects.jsonl.gz`;
  await objects.upload(join(scratch, RECORDS), predictions, 'application/gzip');
  if (counts.rejected > 0)
    await objects.upload(join(scratch, REJECTS), rejects, 'application/gzip');
  await writeJson(objects, `${layout.run(model, runId)}manifest.json`, {
    day,
    version,
    inputs: files.map(({ key, sha256 }) => ({ key, sha256 })),
    predictions,
    ...counts,
    ...(counts.rejected > 0 && { rejects }),
  });
  await createRuns(facts).logMetrics({ model, runId }, counts);
  return (
    `scored ${counts.rows} rows of ${day} into '${predictions}'` +
    (counts.rejected > 0 ? `; rejected ${counts.rejected}, see '${rejects}'` : '')
  );
};

const RECORDS = 'records.jsonl.gz';
const REJECTS = 'rejects.jsonl.gz';

async function scoreAll(
  { definition, asOf, scratch, say }: StepContext,
  files: readonly LocalFile[],
  session: ModelSession,
  version: number,
): Promise<{ rows: number; rejected: number }> {
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const records = openGzipLines(join(scratch, RECORDS));
  const rejects = openGzipLines(join(scratch, REJECTS));
  const counts = { rows: 0, rejected: 0 };
  await withDuckDb(duckDbFor(job, scratch), async (connection) => {
    for (const file of files) {
      const scorer = { definition, version, session, asOf };
      for await (const scored of scoreFile(connection, file, scorer)) {
        await records.write(scored.records);
        await rejects.write(scored.rejects);
        counts.rows += scored.records.length;
        counts.rejected += scored.rejects.length;
      }
      say(`scored ${counts.rows} rows`);
    }
  });
  await records.close();
  await rejects.close();
  return counts;
}
