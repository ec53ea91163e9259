/** Scores the rows of one data file, a chunk at a time. */
import type { DuckDBConnection } from '../data/duckdb.ts';
import type { LocalFile } from '../data/dataset.ts';
import { featureColumns } from '../data/load.ts';
import { planScan } from '../data/scan.ts';
import { streamRows, type StreamedRow } from '../data/stream.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { PredictionRecord } from '../model/records.ts';
import type { ModelSession } from '../onnx/session.ts';
import { decide } from '../serve/decide.ts';
import { idOfEvent, recordOf, type RecordContext } from '../serve/records.ts';
import { createRowReader, type RowReader } from '../serve/validate.ts';

export interface Scorer {
  readonly definition: ModelDefinition;
  readonly version: number;
  readonly session: Pick<ModelSession, 'signature' | 'run'>;
  readonly asOf: Date;
}

/** A row that could not be scored, and why. */
export interface Reject {
  readonly key: string;
  readonly row: number;
  readonly values: StreamedRow['values'];
  readonly problems: readonly Problem[];
}

export interface ScoredRows {
  readonly records: readonly PredictionRecord[];
  readonly rejects: readonly Reject[];
}

const ROWS_AT_ONCE = 8192;

/**
 * Scores a file in the order of its rows. A record's id comes from the model, the object's key
 * and the row's number, so scoring the same row again gives the same id.
 *
 * @yields some thousand rows, scored or rejected
 * @throws {DataError} if the file lacks a feature, or has it in a type that it cannot be
 */
export async function* scoreFile(
  connection: DuckDBConnection,
  file: LocalFile,
  scorer: Scorer,
): AsyncGenerator<ScoredRows> {
  const { definition, session } = scorer;
  const names = Object.keys(definition.features);
  const wanted = featureColumns(definition);
  const scan = await planScan(connection, definition.data.format, file, wanted);
  const read = createRowReader(definition, session.signature);
  for await (const rows of streamRows(connection, scan, names, ROWS_AT_ONCE)) {
    yield await scoreRows(rows, file.key, scorer, read);
  }
}

async function scoreRows(
  rows: readonly StreamedRow[],
  key: string,
  { definition, version, session, asOf }: Scorer,
  read: RowReader,
): Promise<ScoredRows> {
  const { batch, features, accepted, rejected } = read(rows.map(({ values }) => values));
  const { target, serving, name: model } = definition;
  const threshold = target.kind === 'binary' ? target.threshold : undefined;
  const predictions = decide(await session.run(batch), threshold);
  const context: RecordContext = {
    model,
    version,
    source: 'batch',
    entityFeature: serving.entity,
  };
  const records = accepted.map((at, index) =>
    recordOf(context, {
      id: idOfEvent(model, key, String(rows[at]!.row)),
      at: asOf.toISOString(),
      features: features[index]!,
      prediction: predictions[index]!,
    }),
  );
  const rejects = rejected.map(({ row: at, problems }) => {
    const { row, values } = rows[at]!;
    return { key, row, values, problems };
  });
  return { records, rejects };
}
