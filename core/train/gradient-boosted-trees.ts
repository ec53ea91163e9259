/** Gradient-boosted trees on histograms, for yes or no, for classes and for numbers. */
import type { Columns } from '../data/columns.ts';
import type { TrainerParameters } from '../model/definition.ts';
import { encodedNames, type Encoding } from '../onnx/encoding.ts';
import { addTree } from '../onnx/tree.ts';
import { treesToOnnx } from '../onnx/tree-ensemble.ts';
import { binsOf, boundariesOf, MOST_MEMBERS } from './binning.ts';
import { boost, type Boosted } from './boosting.ts';
import { calibrated, fitCalibration } from './calibrate.ts';
import { encode, fitEncoder } from './encoder.ts';
import { fileMetadata } from './file-metadata.ts';
import { completeParameters } from './parameters.ts';
import { softmax } from './softmax.ts';
import type { FitOptions, FittedModel, Trainer, TrainingTask } from './trainer.ts';

export const gradientBoostedTrees: Trainer = {
  async fit(options) {
    const { task, training } = options;
    const parameters = completeParameters(options.parameters, training.rows);
    const { encoding, bins, boundaries } = binTraining(options, parameters);
    const boosted = await boost({
      fit: options,
      parameters,
      encoding,
      bins,
      boundaries,
      directions: directionsIn(task, encoding),
      classes: classesOf(task),
    });
    return fittedModel(options, encoding, boosted);
  },
};

/** Cuts the encoded rows into bins. The encoded columns, four times as large, are let go. */
function binTraining(
  { task, training, seed }: FitOptions,
  { smoothing, bins: most }: Required<TrainerParameters>,
) {
  const { encoding, training: columns } = fitEncoder(task, training, {
    smoothing,
    seed,
    membersUpTo: MOST_MEMBERS,
  });
  const areMembers = membersIn(encoding, columns.length);
  const boundaries = columns.map((values, column) =>
    areMembers[column] ? undefined : boundariesOf(values, most),
  );
  const bins = columns.map((values, column) =>
    boundaries[column] ? binsOf(values, boundaries[column]) : Uint8Array.from(values),
  );
  return { encoding, bins, boundaries };
}

/** By encoded column, whether it is a member code; the categories' columns are the last. */
function membersIn({ categories }: Encoding, columns: number): boolean[] {
  const first = columns - categories.length;
  return Array.from({ length: columns }, (_, at) => categories[at - first]?.kind === 'member');
}

/** By encoded column, where the prediction may only go as it grows. */
function directionsIn({ features }: TrainingTask, encoding: Encoding): number[] {
  return encodedNames(encoding).map((name) => {
    const feature = features[name];
    if (feature?.kind !== 'number' || feature.monotone === undefined) return 0;
    return feature.monotone === 'increasing' ? 1 : -1;
  });
}

function classesOf({ target }: TrainingTask): number {
  return target.kind === 'multiclass' ? target.classes.length : 1;
}

function fittedModel(
  { task, validation }: FitOptions,
  encoding: Encoding,
  { trees, base, iterations, gains }: Boosted,
): FittedModel {
  const totalGain = gains.reduce((sum, gain) => sum + gain, 0) || 1;
  const scoresOf = (columns: Columns): Float64Array[] => {
    const encoded = encode(encoding, columns);
    const scores = base.map((score) => new Float64Array(columns.rows).fill(score));
    for (const [at, tree] of trees.entries()) addTree(tree, encoded, scores[at % base.length]!);
    return scores;
  };
  const calibration = fitCalibration(task, validation, (columns) => scoresOf(columns)[0]!);
  return {
    iterations,
    featureImportance: Object.fromEntries(
      encodedNames(encoding).map((name, column) => [name, gains[column]! / totalGain]),
    ),
    predict(columns) {
      const scores = scoresOf(columns);
      if (task.target.kind === 'binary') return calibrated(scores[0]!, calibration);
      return task.target.kind === 'regression' ? scores[0]! : softmax(scores);
    },
    toOnnx: (info) => {
      const file = { encoding, trees, base, metadata: fileMetadata(task, info) };
      return treesToOnnx(calibration ? { ...file, calibration } : file);
    },
  };
}
