/** The sets of parameters that a run tries. */
import type { TrainerChoice, TrainerParameters } from '../model/definition.ts';
import { pick } from './random.ts';

const DEFAULT_SEED = 17;

/**
 * Returns up to `candidates` distinct sets of parameters: the declared ones first, then picks
 * from the search space by seed. Fewer where the space has no more.
 */
export function candidatesOf(trainer: TrainerChoice): TrainerParameters[] {
  const { parameters = {}, search = {}, candidates = 1, seed = DEFAULT_SEED } = trainer;
  const space = Object.entries(search).filter(([, values]) => values.length > 0);
  const combinations = space.reduce((product, [, values]) => product * values.length, 1);
  const chosen = new Map([[keyOf(parameters), parameters]]);
  // A walk with a step that has no factor in common with the number of combinations meets each once.
  const step = coprimeStep(pick(seed, 0, combinations), combinations);
  let place = pick(seed, 1, combinations);
  for (let tried = 0; tried < combinations && chosen.size < candidates; tried++) {
    const candidate = { ...parameters, ...combinationAt(space, place) };
    chosen.set(keyOf(candidate), candidate);
    place = (place + step) % combinations;
  }
  return [...chosen.values()];
}

function combinationAt(
  space: readonly (readonly [string, readonly number[]])[],
  place: number,
): TrainerParameters {
  let rest = place;
  return Object.fromEntries(
    space.map(([name, values]) => {
      const value = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
      return [name, value];
    }),
  );
}

function keyOf(parameters: TrainerParameters): string {
  return JSON.stringify(Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function coprimeStep(from: number, size: number): number {
  let step = Math.max(1, from);
  while (greatestCommonDivisor(step, size) !== 1) step++;
  return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
