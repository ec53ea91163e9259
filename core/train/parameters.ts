/** Parameters with their defaults, checked. */
import type { TrainerParameters } from '../model/definition.ts';

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

const DEFAULTS: Required<TrainerParameters> = {
  trees: 200,
  leaves: 63,
  learningRate: 0.1,
  minimumRowsInLeaf: 100,
  bins: 255,
  l2: 1,
  smoothing: 20,
};

const RANGES: Readonly<Record<string, Range>> = {
  trees: { from: 1, to: 10_000, whole: true },
  leaves: { from: 2, to: 4096, whole: true },
  learningRate: { from: 1e-4, to: 1 },
  minimumRowsInLeaf: { from: 1, to: 1e9, whole: true },
  bins: { from: 2, to: 255, whole: true },
  l2: { from: 0, to: 1e9 },
  smoothing: { from: 0, to: 1e9 },
};

/**
 * The given parameters over the defaults.
 *
 * @throws {RangeError} if one is unknown or outside of its range
 */
export function completeParameters(given: TrainerParameters = {}): Required<TrainerParameters> {
  for (const [name, value] of Object.entries(given)) check(name, value);
  return { ...DEFAULTS, ...given };
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
