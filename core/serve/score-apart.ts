/** Scores rows such that those on which the model fails take no others with them. */
import { type InputBatch, rowsOf, type Signature } from '../model/signature.ts';
import type { Prediction } from './decide.ts';
import type { ServedModel } from './served-model.ts';

/** Why a row has no prediction. */
export interface Unscorable {
  readonly why: string;
}

/**
 * Returns a prediction a row, by one call of the model where it takes all of them.
 *
 * @throws what the model threw, if it fails on a row of zeros too and so is itself to blame
 */
export async function scoreApart(
  model: Pick<ServedModel, 'predict' | 'signature'>,
  batch: InputBatch,
): Promise<(Prediction | Unscorable)[]> {
  let predictions: Prediction[];
  try {
    predictions = await model.predict(batch);
  } catch (cause) {
    await model.predict(zeros(model.signature)).catch(() => {
      throw cause;
    });
    return scoreHalves(model, batch, cause);
  }
  return predictions.every(isNumber)
    ? predictions
    : predictions.map((one) => (isNumber(one) ? one : { why: 'the model gives no number' }));
}

async function scoreHalves(
  model: Pick<ServedModel, 'predict' | 'signature'>,
  batch: InputBatch,
  cause: unknown,
): Promise<(Prediction | Unscorable)[]> {
  if (batch.rows === 1) return [{ why: cause instanceof Error ? cause.message : String(cause) }];
  const middle = batch.rows >> 1;
  return [
    ...(await scoreApart(model, rowsOf(batch, model.signature, 0, middle))),
    ...(await scoreApart(model, rowsOf(batch, model.signature, middle, batch.rows))),
  ];
}

function isNumber({ prediction, probability = 0 }: Prediction): boolean {
  return Number.isFinite(prediction) && Number.isFinite(probability);
}

function zeros({ numbers, categories, times }: Signature): InputBatch {
  return {
    rows: 1,
    numbers: new Float32Array(numbers.length),
    categories: categories.map(() => ''),
    times: new Float64Array(times.length),
  };
}
