/** Parameters with their defaults, checked. */
import type { TrainerParameters } from '../model/definition.ts';

const RULES: Readonly<
  Record<keyof TrainerParameters, { value: number; from: number; to: number; whole: boolean }>
> = {
  trees: { value: 200, from: 1, to: 10_000, whole: true },
  leaves: { value: 63, from: 2, to: 4096, whole: true },
  learningRate: { value: 0.1, from: 1e-4, to: 1, whole: false },
  minimumRowsInLeaf: { value: 100, from: 1, to: 1e9, whole: true },
  bins: { value: 255, from: 2, to: 255, whole: true },
  l2: { value: 1, from: 0, to: 1e9, whole: false },
  smoothing: { value: 20, from: 0, to: 1e9, whole: false },
};

/**
 * The given parameters over the defaults.
 *
 * @throws {RangeError} if one is outside of its range
 */
export function completeParameters(given: TrainerParameters = {}): Required<TrainerParameters> {
  const complete = Object.entries(RULES).map(([name, { value, from, to, whole }]) => {
    const chosen = given[name as keyof TrainerParameters] ?? value;
    if (!(chosen >= from && chosen <= to) || (whole && !Number.isInteger(chosen))) {
      const kind = whole ? 'a whole number' : 'a number';
      throw new RangeError(
        `trainer parameter '${name}' is ${chosen}; it must be ${kind} from ${from} to ${to}`,
      );
    }
    return [name, chosen];
  });
  return Object.fromEntries(complete) as Required<TrainerParameters>;
}
