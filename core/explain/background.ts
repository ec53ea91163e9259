/** The rows that a prediction is compared with. */
import { join } from 'node:path';
import { ObjectNotFoundError, type ObjectStore } from '../aws/objects.ts';
import { toInputBatch } from '../data/columns.ts';
import { literal, rowOf, withDuckDb } from '../data/duckdb.ts';
import { readColumns } from '../data/read.ts';
import type { Feature } from '../model/features.ts';
import type { PredictionRecord } from '../model/records.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import { runFiles } from '../pipeline/run-files.ts';
import { inputOf } from './hybrid-rows.ts';

export interface Background {
  readonly rows: InputBatch;
  /** For people: what the rows are. */
  readonly what: string;
}

const ROWS = 100;

export interface BackgroundRequest {
  readonly model: string;
  readonly runId: string;
  readonly signature: Signature;
  /** Predictions made about the same time, for versions that no training made. */
  readonly others: readonly PredictionRecord[];
  /** Empty folder of its own. */
  readonly scratch: string;
}

/**
 * A hundred rows, evenly spread over those that the version was judged by; of a version from
 * elsewhere, of what it was asked about the same time.
 */
export async function backgroundOf(
  objects: Pick<ObjectStore, 'download'>,
  request: BackgroundRequest,
): Promise<Background> {
  const { model, runId, signature, others, scratch } = request;
  const file = join(scratch, 'holdout.parquet');
  try {
    await objects.download(runFiles({ model, runId }).holdout, file);
  } catch (cause) {
    if (!(cause instanceof ObjectNotFoundError)) throw cause;
    return { rows: joined(evenly(others, signature)), what: 'other predictions of its hour' };
  }
  const rows = await withDuckDb({ memoryMiB: 512, threads: 1, scratch }, async (connection) => {
    const all = `read_parquet(${literal(file)}, file_row_number = true)`;
    const { total } = await rowOf(connection, `select count(*)::double as total from ${all}`);
    const every = Math.max(1, Math.floor(Number(total) / ROWS));
    const { columns } = await readColumns(connection, {
      features: kindsOf(signature),
      from: `(select * from ${all} where file_row_number % ${every} = 0 order by file_row_number limit ${ROWS})`,
    });
    return toInputBatch(columns, signature);
  });
  return { rows, what: 'rows that the version was judged by' };
}

function kindsOf({ numbers, categories, times }: Signature): Record<string, Feature> {
  return Object.fromEntries([
    ...ofKind(numbers, 'number'),
    ...ofKind(categories, 'category'),
    ...ofKind(times, 'timestamp'),
  ]);
}

function ofKind(names: readonly string[], kind: Feature['kind']): [string, Feature][] {
  return names.map((name) => [name, { kind, description: name }]);
}

function evenly(records: readonly PredictionRecord[], signature: Signature): InputBatch[] {
  const every = Math.max(1, Math.floor(records.length / ROWS));
  return records
    .filter((_, at) => at % every === 0)
    .slice(0, ROWS)
    .map(({ features }) => inputOf(features, signature));
}

function joined(rows: readonly InputBatch[]): InputBatch {
  return {
    rows: rows.length,
    numbers: Float32Array.from(rows.flatMap(({ numbers }) => [...numbers])),
    categories: rows.flatMap(({ categories }) => categories),
    times: Float64Array.from(rows.flatMap(({ times }) => [...times])),
  };
}
