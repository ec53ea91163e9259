/** Tables of what was predicted for which row, from which a part is written. */
import {
  DOUBLE,
  DuckDBDataChunk,
  FLOAT,
  UINTEGER,
  UUID,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { CHUNK_ROWS, fillColumn } from '../data/chunk-numbers.ts';
import type { Scores } from '../serve/decide.ts';
import type { RowIds } from './ids.ts';

/** Number of a row that was rejected: no row of an object has it. */
const NO_ROW = 2 ** 32 - 1;

/** Rows that follow each other in their object, and what was predicted of those that were not rejected. */
export interface PredictedRows {
  readonly from: number;
  readonly count: number;
  readonly scored: readonly { readonly rows: Uint32Array; readonly scores: Scores }[];
}

/** Table of a slice, with a row for each of its rows in their order. */
export interface PredictedSlice {
  readonly table: string;
  add(rows: PredictedRows): void;
  /** @returns how many rows were predicted */
  keep(): number;
  /** Forgets what was predicted, since the slice proved unreadable. */
  discard(): Promise<void>;
}

/** @param slice number within its shard */
export async function openPredicted(
  connection: DuckDBConnection,
  slice: number,
  ids: RowIds,
): Promise<PredictedSlice> {
  const table = `predicted_${slice}`;
  await connection.run(
    `create table ${table} (_row uinteger, id uuid, prediction double, probability float)`,
  );
  const appender = await connection.createAppender(table);
  let predicted = 0;
  let room = roomFor(0);
  return {
    table,
    add: ({ from, count, scored }) => {
      if (room.rows.length < count) room = roomFor(count);
      const { predictions, probabilities } = room;
      const rows = room.rows.subarray(0, count);
      rows.fill(NO_ROW);
      for (const { rows: numbers, scores } of scored) {
        predicted += numbers.length;
        for (let at = 0; at < numbers.length; at++) {
          const place = numbers[at]! - from;
          rows[place] = numbers[at]!;
          predictions[place] = scores.predictions[at]!;
          probabilities[place] = scores.probabilities?.[at] ?? 0;
        }
      }
      ids.write(room.ids, rows);
      append(appender, count, room);
    },
    keep: () => {
      appender.closeSync();
      return predicted;
    },
    discard: async () => {
      appender.closeSync();
      await connection.run(`drop table ${table}`);
    },
  };
}

const TYPES = [UINTEGER, UUID, DOUBLE, FLOAT];

/** 32-bit words of a UUID. */
const ID_WORDS = 4;

interface Room {
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly predictions: Float64Array<ArrayBuffer>;
  readonly probabilities: Float32Array<ArrayBuffer>;
}

/** Is used again and again: what is thrown away has to be collected. */
function roomFor(rows: number): Room {
  return {
    rows: new Uint32Array(rows),
    ids: new Uint32Array(rows * ID_WORDS),
    predictions: new Float64Array(rows),
    probabilities: new Float32Array(rows),
  };
}

function append(appender: DuckDBAppender, count: number, room: Room): void {
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    const to = Math.min(count, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create(TYPES, to - from);
    fillColumn(chunk, 0, room.rows.subarray(from, to));
    fillColumn(chunk, 1, room.ids.subarray(from * ID_WORDS, to * ID_WORDS));
    fillColumn(chunk, 2, room.predictions.subarray(from, to));
    fillColumn(chunk, 3, room.probabilities.subarray(from, to));
    appender.appendDataChunk(chunk);
  }
}
