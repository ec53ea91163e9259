/** Scores one shard: a part of the output, rejects with their reasons, and a sample of records. */
import { join } from 'node:path';
import type { ObjectStore } from '../aws/objects.ts';
import { rowsOf, type DuckDBConnection } from '../data/duckdb.ts';
import { DataError } from '../data/errors.ts';
import { openGzipLines, type GzipLines } from '../data/gzip-lines.ts';
import { featureColumns } from '../data/load.ts';
import { planScan, type Scan } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { PredictionRecord } from '../model/records.ts';
import type { Scores } from '../serve/decide.ts';
import type { ServedModel } from '../serve/served-model.ts';
import { fetchSlice } from './fetch.ts';
import { idsOfRows } from './ids.ts';
import { writePart, type ReadableSlice } from './part.ts';
import { openPredicted, type PredictedSlice } from './predicted.ts';
import { readSlice, UnreadableError } from './read-slice.ts';
import {
  openRejects,
  rejectOfRange,
  rejectsOf,
  type PendingRejects,
  type RejectFile,
} from './rejects.ts';
import { recordsOf, sampler } from './sample.ts';
import type { Shard, Slice } from './shards.ts';

export interface ShardScoring {
  readonly definition: ModelDefinition;
  readonly served: ServedModel;
  readonly objects: ObjectStore;
  readonly asOf: Date;
  /** Of rows to keep records of. */
  readonly sampleShare: number;
  /** Empty folder of this shard alone. */
  readonly folder: string;
  /** Is told how many rows are done. */
  readonly report: (rows: number) => void;
}

/** Of one database; a stream of the first ends early if anything else is done with it. */
export interface Connections {
  readonly reader: DuckDBConnection;
  readonly writer: DuckDBConnection;
}

/** Files are there where they have rows. */
export interface ScoredShard {
  readonly rows: number;
  readonly rejected: number;
  readonly sampled: number;
  readonly files: { readonly part: string; readonly rejects: string; readonly sample: string };
}

/**
 * Scores every row once or rejects it once. Rows that cannot be read at all, since their row group
 * is damaged or their file lacks a column, are rejected together.
 *
 * @throws {DataError} if an object was changed, or a text file cannot be read
 */
export async function scoreShard(
  { reader, writer }: Connections,
  shard: Shard,
  scoring: ShardScoring,
): Promise<ScoredShard> {
  const { definition, served, folder } = scoring;
  const files = {
    part: join(folder, 'part.parquet'),
    rejects: join(folder, 'rejects.jsonl.gz'),
    sample: join(folder, 'sample.jsonl.gz'),
  };
  const rejects = await openRejects(files.rejects);
  const sample = openGzipLines(files.sample);
  const state: State = { rejects, sample, readable: [], sampled: 0, done: 0 };
  for (const [at, slice] of shard.slices.entries()) {
    // One after the other: that is what bounds the memory.
    // oxlint-disable-next-line no-await-in-loop
    await scoreSlice({ reader, writer }, { slice, at }, scoring, state);
  }
  const rows = await writePart(writer, {
    version: served.version,
    keys: definition.serving.batch?.keys ?? [definition.data.time],
    target: definition.target,
    slices: state.readable,
    file: files.part,
  });
  await sample.close();
  return { rows, rejected: rejects.total(), sampled: state.sampled, files };
}

interface State {
  readonly rejects: RejectFile;
  readonly sample: GzipLines;
  readonly readable: ReadableSlice[];
  sampled: number;
  done: number;
}

interface PlacedSlice {
  readonly slice: Slice;
  /** Number within the shard. */
  readonly at: number;
}

/** What is found in a slice counts once all of it was read. */
async function scoreSlice(
  { reader, writer }: Connections,
  { slice, at }: PlacedSlice,
  scoring: ShardScoring,
  state: State,
): Promise<void> {
  const file = await fetchSlice(scoring.objects, slice, scoring.folder);
  const pending = state.rejects.begin();
  const predicted = await openPredicted(writer, at, idsOfRows(scoring.definition.name, slice.key));
  try {
    const scan = await planScan(
      reader,
      scoring.definition.data.format,
      file,
      featureColumns(scoring.definition),
      { beside: scoring.definition.serving.batch?.keys ?? [], brokenLines: `broken_${at}` },
    );
    const records = await predictSlice(reader, { slice, scan }, scoring, {
      done: state.done,
      rejects: pending,
      predicted,
    });
    await pending.write(await brokenLines(reader, scoring.definition, slice, `broken_${at}`));
    await pending.keep();
    await state.sample.write(records);
    state.sampled += records.length;
    const rows = predicted.keep();
    state.readable.push({ table: predicted.table, rows, scan, range: rangeOf(slice) });
  } catch (error) {
    await pending.discard();
    if (!(error instanceof UnreadableError || error instanceof DataError)) throw error;
    if (!slice.group) {
      throw new DataError(`'${slice.key}' cannot be read: ${error.message}`, { cause: error });
    }
    await predicted.discard();
    await state.rejects.add(rejectOfRange(slice.key, slice.group, error.message), slice.group.rows);
  }
  state.done += slice.group?.rows ?? 0;
}

interface Found {
  readonly rejects: Pick<PendingRejects, 'write'>;
  readonly predicted: Pick<PredictedSlice, 'add'>;
  /** Rows of slices before this one. */
  readonly done: number;
}

async function predictSlice(
  reader: DuckDBConnection,
  { slice, scan }: { readonly slice: Slice; readonly scan: Scan },
  { definition, served, asOf, sampleShare, report }: ShardScoring,
  { rejects, predicted, done }: Found,
): Promise<PredictionRecord[]> {
  const { key } = slice;
  const records: PredictionRecord[] = [];
  const chosen = sampler(key, sampleShare);
  let rows = done;
  const reading = { definition, signature: served.signature, range: rangeOf(slice) };
  for await (const found of readSlice(reader, scan, reading)) {
    const { rejected, cleared } = rejectsOf(key, found.suspects, served.readRows);
    await rejects.write(rejected);
    const scored: { rows: Uint32Array; scores: Scores }[] = [];
    for (const some of cleared ? [found, cleared] : [found]) {
      const scores = await served.score(some.batch);
      scored.push({ rows: some.rows, scores });
      records.push(...recordsOf(some, scores, { definition, served, asOf, key, chosen }));
    }
    predicted.add({ from: found.from, count: found.count, scored });
    rows += found.count;
    report(rows);
  }
  if (slice.group && rows - done !== slice.group.rows) {
    throw new Error(`'${key}' gave ${rows - done} rows of ${slice.group.rows}; none may be lost`);
  }
  return records;
}

function rangeOf({ group }: Slice): { from: number; to: number } | undefined {
  return group && { from: group.fromRow, to: group.fromRow + group.rows };
}

/** Lines of a CSV file that DuckDB went past. */
async function brokenLines(
  connection: DuckDBConnection,
  { data }: Pick<ModelDefinition, 'data'>,
  { key }: Slice,
  table: string,
): Promise<unknown[]> {
  if (data.format !== 'csv') return [];
  const found = await rowsOf(
    connection,
    `select line::double as line, min(error_message) as message, any_value(csv_line) as text
     from ${table} group by line order by line`,
  );
  await connection.run(`drop table ${table}; drop table ${table}_scans`);
  return found.map(({ line, message, text }) => ({
    key,
    line: Number(line),
    text: String(text).slice(0, 1000),
    problems: [{ pointer: '', got: String(message), expected: 'a line with a value a column' }],
  }));
}
