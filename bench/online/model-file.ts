/** The model that ships, which every side of the benchmark serves, and rows to ask it about. */
import { toInputBatch } from '../../core/data/columns.ts';
import type { InputBatch, Signature } from '../../core/model/signature.ts';
import { gradientBoostedTrees } from '../../core/train/gradient-boosted-trees.ts';
import { model } from '../../models/flight-delay/model.ts';
import { loadFlights } from '../flights.ts';

/** One flight in so many learns: the size of the trees is what takes time to answer, and stays. */
const EVERY = 10;

export interface ServedFile {
  readonly onnx: Uint8Array;
  /** A row as callers send it. */
  readonly row: Readonly<Record<string, string | number>>;
  /** The same row as the model takes it. */
  readonly batchOf: (signature: Signature) => InputBatch;
}

export async function trainServedFile(): Promise<ServedFile> {
  const training = await loadFlights({ from: '2001-01-01', to: '2001-05-01', every: EVERY });
  const fitted = await gradientBoostedTrees.fit({
    task: model,
    training,
    parameters: model.trainer.parameters,
    seed: 17,
  });
  const { distance } = training.numbers;
  const { origin, destination } = training.categories;
  return {
    onnx: fitted.toOnnx(),
    row: {
      date: new Date(training.times['date']![0]!).toISOString(),
      distance: distance![0]!,
      origin: origin!.dictionary[origin!.codes[0]!]!,
      destination: destination!.dictionary[destination!.codes[0]!]!,
    },
    batchOf: (signature) => toInputBatch(training, signature, 0, 1),
  };
}
