/** Adds trees one after the other, each grown to what those before it left wrong. */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { TrainerParameters } from '../model/definition.ts';
import type { Encoding } from '../onnx/encoding.ts';
import type { Tree } from '../onnx/tree.ts';
import { Crew } from './engine/crew.ts';
import { Records } from './engine/records.ts';
import { Loss, type LossOptions } from './loss.ts';
import { ValidationWatch } from './validation-watch.ts';
import { hashOf } from './random.ts';
import type { FitOptions, Iteration } from './trainer.ts';
import { type GrowthRules, TreeGrower } from './tree-grower.ts';

export interface Boosted {
  /** Of a multiclass target one for each class in turn, round after round. */
  readonly trees: readonly Tree[];
  /** Score of each class before the first tree. */
  readonly base: readonly number[];
  readonly iterations: readonly Iteration[];
  /** What splitting on each encoded column gained. */
  readonly gains: readonly number[];
}

export interface BoostOptions {
  readonly fit: FitOptions;
  readonly parameters: Required<TrainerParameters>;
  readonly encoding: Encoding;
  /** The training rows by encoded column: the bin of a number, or the member code. */
  readonly bins: readonly Uint8Array[];
  /** By encoded column, the upper boundaries of its bins; undefined for a member code. */
  readonly boundaries: readonly (Float32Array | undefined)[];
  /** By encoded column: 1 where the prediction may only rise with it, -1 where only fall. */
  readonly directions: readonly number[];
  readonly classes: number;
}

export async function boost(options: BoostOptions): Promise<Boosted> {
  const { fit, parameters, bins, boundaries } = options;
  const { rows } = fit.training;
  const rules: GrowthRules = {
    boundaries,
    directions: options.directions,
    leaves: parameters.leaves,
    minimumRows: parameters.minimumRowsInLeaf,
    minimumGain: parameters.minimumGain,
    l1: parameters.l1,
    l2: parameters.l2,
    smoothing: parameters.smoothing,
    rankings: parameters.rankings,
    learningRate: parameters.learningRate,
    largestValue: fit.task.target.kind === 'regression' ? Number.MAX_VALUE : 50,
  };
  const lossOptions: LossOptions = {
    kind: fit.task.target.kind,
    target: fit.training.target,
    ...(fit.training.weights && { weights: fit.training.weights }),
    classes: options.classes,
    rowSample: parameters.rowSample,
    leaves: parameters.leaves,
  };
  const threads = Math.max(1, Math.min(fit.threads ?? 1, Math.ceil(rows / FEWEST_ROWS_OF_THREAD)));
  const width = bins.length;
  const bytes =
    Records.bytesFor(threads, rows, width) +
    TreeGrower.bytesFor(threads, rows, width, rules) +
    Loss.bytesFor(threads, lossOptions);
  const crew = new Crew(threads, bytes);
  try {
    const records = new Records(crew, rows, width);
    for (const [column, values] of bins.entries()) records.setBins(column, values);
    const grower = new TreeGrower(crew, records, rules);
    return await addTrees(options, grower, new Loss(crew, records, lossOptions));
  } finally {
    crew.dismiss();
  }
}

/** A thread costs more than it brings where it has fewer rows than this. */
const FEWEST_ROWS_OF_THREAD = 5000;

interface Round {
  readonly trees: readonly Tree[];
  readonly gains: readonly Float64Array[];
}

async function addTrees(options: BoostOptions, grower: TreeGrower, loss: Loss): Promise<Boosted> {
  const { fit, parameters, bins, classes } = options;
  const { seed, patience = Infinity, validation } = fit;
  const judge =
    validation &&
    new ValidationWatch(fit.task.target.kind, options.encoding, validation, loss.base);
  const { parts } = grower;
  const rounds: Round[] = [];
  const iterations: Iteration[] = [];
  let levels = loss.start(hashOf(seed, 0), parts);
  while (rounds.length < parameters.trees) {
    const grown = [];
    for (let moved = 0; moved < classes; moved++) {
      const number = rounds.length * classes + moved;
      const isAsked = featuresAsked(bins.length, parameters.featureSample, seed, number);
      const tree = grower.grow(levels, isAsked);
      grown.push(tree);
      const derived = (moved + 1) % classes;
      const { leaves } = tree;
      levels = loss.step({ leaves, seed: hashOf(seed, number + 1), moved, derived, parts });
    }
    const round = { trees: grown.map(({ tree }) => tree), gains: grown.map(({ gains }) => gains) };
    rounds.push(round);
    const iteration = {
      iteration: rounds.length,
      trainingLoss: loss.trainingLoss,
      ...(judge && { validationLoss: judge.add(round.trees) }),
    };
    iterations.push(iteration);
    fit.onProgress?.(iteration);
    if (judge && judge.iterationsSinceBest >= patience) break;
    await letOthersRun();
  }
  const kept = judge && patience < Infinity ? rounds.slice(0, judge.best) : rounds;
  const gains = kept.flatMap((round) => round.gains);
  return {
    trees: kept.flatMap(({ trees }) => trees),
    base: loss.base,
    iterations,
    gains: bins.map((_, column) => gains.reduce((sum, of) => sum + of[column]!, 0)),
  };
}

/** Draws the features of one tree by seed. */
function featuresAsked(
  width: number,
  share: number,
  seed: number,
  tree: number,
): (feature: number) => boolean {
  if (share >= 1) return () => true;
  const place = (feature: number): number => hashOf(seed + 1, tree * width + feature);
  const order = Array.from({ length: width }, (_, feature) => feature).toSorted(
    (a, b) => place(a) - place(b),
  );
  const drawn = new Set(order.slice(0, Math.max(1, Math.round(share * width))));
  return (feature) => drawn.has(feature);
}
