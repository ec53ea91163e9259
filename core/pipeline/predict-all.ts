/** Runs a model file over a whole table. */
import { type Columns, toInputBatch } from '../data/columns.ts';
import type { ModelSession } from '../onnx/session.ts';

/** Keeps the text of a chunk, not of all rows, in memory. */
const ROWS_AT_ONCE = 16_384;

/** @returns one probability or value a row; of several classes a probability each, row after row */
export async function predictAll(
  session: Pick<ModelSession, 'signature' | 'run'>,
  rows: Columns,
): Promise<Float64Array> {
  const { classes = [''] } = session.signature;
  const width = classes.length;
  const outputs = new Float64Array(rows.rows * width);
  for (let from = 0; from < rows.rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows.rows, from + ROWS_AT_ONCE);
    outputs.set(await session.run(toInputBatch(rows, session.signature, from, to)), from * width);
  }
  return outputs;
}
