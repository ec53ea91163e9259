/** Parameters with their defaults, checked. */
import { DEFAULT_PARAMETERS } from '../model/default-parameters.ts';
import type { TrainerParameters } from '../model/definition.ts';

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

const RANGES: Readonly<Record<string, Range>> = {
  trees: { from: 1, to: 10_000, whole: true },
  leaves: { from: 2, to: 4096, whole: true },
  learningRate: { from: 1e-4, to: 1 },
  minimumRowsInLeaf: { from: 0, to: 1e9, whole: true },
  minimumGain: { from: 0, to: 1e12 },
  bins: { from: 2, to: 255, whole: true },
  l1: { from: 0, to: 1e9 },
  l2: { from: 0, to: 1e9 },
  rowSample: { from: 0.01, to: 1 },
  featureSample: { from: 0.01, to: 1 },
  smoothing: { from: 0, to: 1e9 },
  rankings: { from: 0, to: 32, whole: true },
};

/** Fewest rows in a leaf where nobody says: a five-hundredth of the rows, within these. */
const FEWEST_IN_LEAF = 10;
const MOST_IN_LEAF = 100;

/**
 * The given parameters over the defaults.
 *
 * @param rows that will be trained on
 * @throws {RangeError} if one is unknown or outside of its range
 */
export function completeParameters(
  given: TrainerParameters = {},
  rows: number,
): Required<TrainerParameters> {
  for (const [name, value] of Object.entries(given)) check(name, value);
  const complete = { ...DEFAULT_PARAMETERS, ...given };
  const share = Math.max(FEWEST_IN_LEAF, Math.min(MOST_IN_LEAF, Math.round(rows / 500)));
  return { ...complete, minimumRowsInLeaf: complete.minimumRowsInLeaf || share };
}

function check(name: string, value: number): void {
  const range = RANGES[name];
  if (!range) {
    throw new RangeError(
      `trainer parameter '${name}' is unknown; choose of ${Object.keys(RANGES).join(', ')}`,
    );
  }
  if (value >= range.from && value <= range.to && (!range.whole || Number.isInteger(value))) return;
  const kind = range.whole ? 'a whole number' : 'a number';
  throw new RangeError(
    `trainer parameter '${name}' is ${value}; it must be ${kind} from ${range.from} to ${range.to}`,
  );
}
