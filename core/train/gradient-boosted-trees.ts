/** Gradient-boosted trees on histograms, for yes or no and for numbers. */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { TrainerParameters } from '../model/definition.ts';
import { encodedNames, type Encoding } from '../onnx/encoding.ts';
import { addTree, type Tree } from '../onnx/tree.ts';
import { treesToOnnx } from '../onnx/tree-ensemble.ts';
import { binTable, MOST_MEMBERS } from './binning.ts';
import { encode, fitEncoder } from './encoder.ts';
import { fileMetadata } from './file-metadata.ts';
import { lossFor } from './loss.ts';
import { TrainingWatch, ValidationWatch } from './loss-watch.ts';
import { completeParameters } from './parameters.ts';
import { hashOf } from './random.ts';
import { sigmoid } from './sigmoid.ts';
import { TreeGrower } from './tree-grower.ts';
import type { FitOptions, FittedModel, Iteration, Trainer } from './trainer.ts';

interface Boosted {
  readonly trees: readonly Tree[];
  readonly base: number;
  readonly iterations: readonly Iteration[];
  /** What splitting on each encoded column gained. */
  readonly gains: readonly number[];
}

export const gradientBoostedTrees: Trainer = {
  async fit(options) {
    const parameters = completeParameters(options.parameters);
    const { encoding, training } = fitEncoder(options.task, options.training, {
      smoothing: parameters.smoothing,
      seed: options.seed,
      membersUpTo: MOST_MEMBERS,
    });
    const boosted = await boost(options, parameters, training, encoding);
    return fittedModel(options, encoding, boosted);
  },
};

async function boost(
  options: FitOptions,
  parameters: Required<TrainerParameters>,
  columns: readonly Float32Array[],
  encoding: Encoding,
): Promise<Boosted> {
  const { training, validation, seed, patience = Infinity } = options;
  const { kind } = options.task.target;
  const loss = lossFor(kind, training.target);
  const table = binTable(columns, membersIn(encoding, columns.length), parameters.bins);
  const grower = new TreeGrower(table, {
    leaves: parameters.leaves,
    minimumRows: parameters.minimumRowsInLeaf,
    l2: parameters.l2,
    smoothing: parameters.smoothing,
    learningRate: parameters.learningRate,
    largestValue: loss.largestValue,
  });
  const watch = new TrainingWatch(kind, training.target, loss.base);
  const judge = validation && new ValidationWatch(kind, encoding, validation, loss.base);
  const packed = new Float64Array(training.rows);
  const grown: { tree: Tree; gains: Float64Array }[] = [];
  const iterations: Iteration[] = [];
  let leafValues: Float64Array = new Float64Array(1);
  for (let tree = 0; tree < parameters.trees; tree++) {
    const packing = loss.step(grower.leafOf, leafValues, packed, hashOf(seed, tree));
    const next = grower.grow(packed, packing);
    grown.push(next);
    leafValues = next.leafValues;
    const iteration = {
      iteration: grown.length,
      trainingLoss: watch.add(grower.leafOf, leafValues),
      ...(judge && { validationLoss: judge.add(next.tree) }),
    };
    iterations.push(iteration);
    options.onProgress?.(iteration);
    if (judge && judge.iterationsSinceBest >= patience) break;
    await letOthersRun();
  }
  const kept = judge && patience < Infinity ? grown.slice(0, judge.best) : grown;
  return {
    trees: kept.map(({ tree }) => tree),
    base: loss.base,
    iterations,
    gains: columns.map((_, column) => kept.reduce((sum, { gains }) => sum + gains[column]!, 0)),
  };
}

/** By encoded column, whether it is a member code; the categories' columns are the last. */
function membersIn({ categories }: Encoding, columns: number): boolean[] {
  const first = columns - categories.length;
  return Array.from({ length: columns }, (_, at) => categories[at - first]?.kind === 'member');
}

function fittedModel(
  { task }: FitOptions,
  encoding: Encoding,
  { trees, base, iterations, gains }: Boosted,
): FittedModel {
  const totalGain = gains.reduce((sum, gain) => sum + gain, 0) || 1;
  return {
    iterations,
    featureImportance: Object.fromEntries(
      encodedNames(encoding).map((name, column) => [name, gains[column]! / totalGain]),
    ),
    predict(columns) {
      const encoded = encode(encoding, columns);
      const scores = new Float64Array(columns.rows).fill(base);
      for (const tree of trees) addTree(tree, encoded, scores);
      return task.target.kind === 'binary' ? scores.map(sigmoid) : scores;
    },
    toOnnx: (info) => treesToOnnx({ encoding, trees, base, metadata: fileMetadata(task, info) }),
  };
}
