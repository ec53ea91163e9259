/** Answers calls that come together with one run of the model. */
import type { InputBatch, Signature } from '../model/signature.ts';
import type { ModelSession } from '../onnx/session.ts';

/** Rows of one run: more gain nothing, and calls would wait for each other. */
const MOST_ROWS = 256;

interface Waiting {
  readonly batch: InputBatch;
  readonly resolve: (predictions: Float32Array) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Wraps a session for a server with many calls at once: a run of some rows costs little more than
 * one of a single row, so calls that arrive in the same turn of the event loop share one. A call
 * alone waits for nobody.
 */
export function coalesced(session: ModelSession): ModelSession {
  const { signature } = session;
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length;) {
      let to = from;
      let rows = 0;
      do rows += all[to++]!.batch.rows;
      while (to < all.length && rows + all[to]!.batch.rows <= MOST_ROWS);
      void runTogether(session, signature, all.slice(from, to), rows);
      from = to;
    }
  };

  return {
    ...session,
    run: (batch) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ batch, resolve, reject });
      }),
  };
}

async function runTogether(
  session: ModelSession,
  signature: Signature,
  calls: readonly Waiting[],
  rows: number,
): Promise<void> {
  const [first] = calls;
  try {
    const alone = calls.length === 1 && first;
    const all = await session.run(alone ? first.batch : joined(calls, signature, rows));
    const width = all.length / rows;
    let at = 0;
    for (const { batch, resolve } of calls) resolve(all.subarray(at, (at += batch.rows * width)));
  } catch (cause) {
    // One call's values may be to blame, so that each must answer for itself.
    if (calls.length === 1) first?.reject(cause);
    else
      await Promise.all(
        calls.map((call) => runTogether(session, signature, [call], call.batch.rows)),
      );
  }
}

function joined(calls: readonly Waiting[], signature: Signature, rows: number): InputBatch {
  const numbers = new Float32Array(rows * signature.numbers.length);
  const times = new Float64Array(rows * signature.times.length);
  const categories: string[] = [];
  let number = 0;
  let time = 0;
  for (const { batch } of calls) {
    numbers.set(batch.numbers, number);
    times.set(batch.times, time);
    for (const category of batch.categories) categories.push(category);
    number += batch.numbers.length;
    time += batch.times.length;
  }
  return { rows, numbers, categories, times };
}
