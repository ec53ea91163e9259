import type { TrainerParameters } from './definition.ts';

/** What a trainer works with where the declaration says nothing else. */
export const DEFAULT_PARAMETERS: Required<TrainerParameters> = {
  trees: 200,
  leaves: 63,
  learningRate: 0.1,
  minimumRowsInLeaf: 0,
  minimumGain: 0,
  bins: 255,
  l1: 0,
  l2: 1,
  smoothing: 20,
  rankings: 0,
  rowSample: 1,
  featureSample: 1,
};
