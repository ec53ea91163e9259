/** What every trainer takes and gives. */
import type { Columns } from '../data/columns.ts';
import type { ModelDefinition, TrainerParameters } from '../model/definition.ts';

/** The part of a definition that a trainer needs. */
export type TrainingTask = Pick<ModelDefinition, 'name' | 'features' | 'derived' | 'target'>;

/** Loss after a step: log-loss for a binary target, root of the mean squared error for a number. */
export interface Iteration {
  /** 1 for the first. */
  readonly iteration: number;
  /** On up to 20,000 of the training rows, evenly spread. */
  readonly trainingLoss: number;
  readonly validationLoss?: number;
}

export interface FitOptions {
  readonly task: TrainingTask;
  readonly training: Columns;
  /** Rows that steer early stopping; training never learns from them. */
  readonly validation?: Columns;
  readonly parameters?: TrainerParameters;
  readonly seed: number;
  /** Stop after so many iterations without a better validation loss, and keep the best. @default never */
  readonly patience?: number;
  /** Threads to train with; any number gives the same model. @default 1 */
  readonly threads?: number;
  readonly onProgress?: (iteration: Iteration) => void;
}

/** Facts to keep in the file beside those that every file has. */
export interface FileInfo {
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface FittedModel {
  /**
   * Probabilities of the positive class, or values, one a row; of a multiclass target the
   * probability of each class, row after row. Within 1e-5 of what the file gives.
   */
  predict(columns: Columns): Float64Array;
  /** The model as one ONNX file, raw features in. Same fit, same info, same bytes. */
  toOnnx(info?: FileInfo): Uint8Array;
  readonly iterations: readonly Iteration[];
  /** Share of the model's explaining that each feature does, by feature or derived feature; sums to 1. */
  readonly featureImportance: Readonly<Record<string, number>>;
}

export interface Trainer {
  /**
   * Learns from the training rows. The same options give the same model, bit for bit.
   *
   * @throws {RangeError} if a parameter is outside of its range or there are too few rows
   */
  fit(options: FitOptions): Promise<FittedModel>;
}
