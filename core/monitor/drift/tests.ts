/** Every test of drift that suits a kind of feature. */
import type { NumberProfile } from '../../data/profile.ts';
import type { CountedNumbers, Sketch } from '../../data/sketch.ts';
import type { CompleteMonitors, DriftMethod } from '../../model/monitors.ts';
import type { BinCounts } from './bins.ts';
import { chiSquared } from './chi-squared.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { kolmogorovSmirnov } from './ks.ts';
import { psi, smoothShares } from './psi.ts';
import { sharesOf, totalOf } from './shares.ts';
import { wasserstein } from './wasserstein.ts';

export interface DriftTest {
  readonly method: DriftMethod;
  /** As the method defines it. */
  readonly statistic: number;
  /** What the threshold is of: the statistic, or of it what does not grow with the rows. */
  readonly effect: number;
  readonly threshold: number;
  /**
   * Chance of as much, had nothing moved: by Kolmogorov-Smirnov for itself and Wasserstein, by
   * chi-squared on the same bins for the others.
   */
  readonly pValue: number;
  /** The same with account of how many features are judged; absent where there is no verdict. */
  readonly correctedPValue?: number;
  readonly drifted: boolean;
  /** The statistic of the values themselves is larger by this at most; absent where it is exact. */
  readonly error?: number;
}

type Limits = Pick<CompleteMonitors['drift'], 'thresholds'>;

export function numberTests(
  bins: BinCounts,
  profile: NumberProfile,
  { sketch: current }: CountedNumbers,
  limits: Limits,
): DriftTest[] {
  const reference = sketchOf(profile);
  const ks = kolmogorovSmirnov(reference, current);
  const distance = wasserstein(reference, current);
  const { deviation } = profile;
  // A constant has no deviation: any distance from it is one.
  const unit = deviation !== undefined && deviation !== null && deviation > 0 ? deviation : 1;
  return [
    ...binTests(bins, limits),
    {
      ...test('ks', ks.statistic, ks.pValue, limits),
      ...(ks.error > 0 && { error: ks.error }),
    },
    // Without means of its bins, an older profile does not tell where its values lie.
    ...(profile.sketch ? [test('wasserstein', distance / unit, ks.pValue, limits)] : []),
  ];
}

export function categoryTests(bins: BinCounts, limits: Limits): DriftTest[] {
  const { statistic, pValue, effect } = chiSquared(bins.reference, bins.current);
  return [...binTests(bins, limits), { ...test('chi-squared', effect, pValue, limits), statistic }];
}

function binTests({ reference, current }: BinCounts, limits: Limits): DriftTest[] {
  const { pValue } = chiSquared(reference, current);
  // Without values there is nothing that could have moved.
  const isEmpty = totalOf(current) === 0 || totalOf(reference) === 0;
  const index = isEmpty ? 0 : psi(smoothShares(reference), smoothShares(current));
  const distance = isEmpty ? 0 : jensenShannon(sharesOf(reference), sharesOf(current));
  return [test('psi', index, pValue, limits), test('jensen-shannon', distance, pValue, limits)];
}

function test(
  method: DriftMethod,
  effect: number,
  pValue: number,
  { thresholds }: Limits,
): DriftTest {
  return {
    method,
    statistic: effect,
    effect,
    threshold: thresholds[method],
    pValue,
    drifted: false,
  };
}

function sketchOf({ sketch, edges, counts }: NumberProfile): Sketch {
  return sketch ?? { edges, counts, means: [...edges, Number.NaN] };
}
