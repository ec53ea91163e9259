/** Drift: how far each feature, and the predictions, have moved from the reference profile. */
import { type CategoryProfile, type DataProfile, type NumberProfile } from '../data/profile.ts';
import type { CountedNumbers } from '../data/sketch.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { CYCLES } from '../model/features.ts';
import { type Bin, categoryBins, numberBins } from './drift/bins.ts';
import { correctPValues } from './drift/correction.ts';
import { categoryTests, type DriftTest, numberTests } from './drift/tests.ts';
import type { CountedCategories, Summary } from './summary.ts';

export interface Drift {
  readonly feature: string;
  readonly kind: 'number' | 'category';
  /** Every test that suits the kind; the deciding one first. */
  readonly tests: readonly [DriftTest, ...DriftTest[]];
  /** Whether the deciding test finds an effect above its threshold that is not by chance. */
  readonly drifted: boolean;
  readonly bins: readonly Bin[];
  /** Why there is no verdict, where there is none. */
  readonly notJudged?: string;
}

type DriftTask = Pick<ModelDefinition, 'derived'> & {
  readonly monitors: Pick<ModelDefinition['monitors'], 'drift' | 'windowHours'>;
};

/** Of a drift: its deciding effect over its threshold; what chance may have made is 1 at most. */
export function reachOf({ tests: [deciding], drifted }: Drift): number {
  const reach = deciding.effect / deciding.threshold;
  return drifted ? reach : Math.min(1, reach);
}

/**
 * Compares each feature of a window with the profile, the one that moved farthest first and those
 * without a verdict last. What is derived from a time and goes round in more than the window, such
 * as the day of the week in a window of a day, moves by itself and is not judged.
 *
 * @param predictions of the version itself, with those of the profile; they are judged with the
 * features, since all are a chance of a false alarm
 */
export function driftOf(
  summary: Summary,
  task: DriftTask,
  reference: DataProfile,
  predictions?: { readonly current: CountedNumbers; readonly reference: NumberProfile },
): { readonly features: Drift[]; readonly predictions?: Drift } {
  const found = Object.entries(reference.features).flatMap(([name, profile]) => {
    const drift = ofFeature(name, profile, summary, task);
    return drift === undefined ? [] : [withoutVerdict(drift, reasonNotToJudge(name, task))];
  });
  const ofPredictions =
    predictions && ofNumbers('prediction', predictions.reference, predictions.current, task);
  const judged = judge([...found, ...(ofPredictions ? [ofPredictions] : [])], task);
  const own = ofPredictions ? judged.at(-1) : undefined;
  const features = (ofPredictions ? judged.slice(0, -1) : judged).toSorted(
    (a, b) => rankOf(b) - rankOf(a),
  );
  return { features, ...(own && { predictions: own }) };
}

function rankOf(drift: Drift): number {
  const [{ effect, threshold }] = drift.tests;
  return drift.notJudged === undefined ? effect / threshold : -1;
}

function ofFeature(
  name: string,
  profile: DataProfile['features'][string],
  { numbers, categories }: Summary,
  task: DriftTask,
): Drift | undefined {
  // The declaration may have lost a feature since the version was trained.
  if (profile.kind === 'number') {
    const current = numbers[name];
    return current && ofNumbers(name, profile, current, task);
  }
  const current = categories[name];
  return current && ofCategory(name, profile, current, task);
}

function ofNumbers(
  feature: string,
  profile: NumberProfile,
  current: CountedNumbers,
  { monitors: { drift } }: DriftTask,
): Drift {
  const bins = numberBins(profile, current);
  const own = drift.features[feature];
  const deciding = own === undefined || own === 'off' ? drift.numbers : own;
  const tests = numberTests(bins, profile, current, drift);
  return undecided({ feature, kind: 'number', bins: bins.shown }, tests, deciding, own === 'off');
}

function ofCategory(
  feature: string,
  profile: CategoryProfile,
  current: CountedCategories,
  { monitors: { drift } }: DriftTask,
): Drift {
  const bins = categoryBins(profile, current);
  const own = drift.features[feature];
  const deciding = own === undefined || own === 'off' ? drift.categories : own;
  const tests = categoryTests(bins, drift);
  return undecided({ feature, kind: 'category', bins: bins.shown }, tests, deciding, own === 'off');
}

function undecided(
  drift: Pick<Drift, 'feature' | 'kind' | 'bins'>,
  tests: readonly DriftTest[],
  deciding: string,
  isOff: boolean,
): Drift {
  const [first, ...others] = tests.toSorted(
    (a, b) => Number(b.method === deciding) - Number(a.method === deciding),
  );
  if (first === undefined) throw new Error(`feature '${drift.feature}' has no test of drift`);
  const undecidedDrift: Drift = { ...drift, tests: [first, ...others], drifted: false };
  return isOff ? withoutVerdict(undecidedDrift, 'the declaration says so') : undecidedDrift;
}

function withoutVerdict(drift: Drift, notJudged: string | undefined): Drift {
  return notJudged === undefined ? drift : { ...drift, notJudged };
}

/** P-values are corrected for the number of features, each method by itself. */
function judge(drifts: readonly Drift[], { monitors: { drift } }: DriftTask): Drift[] {
  const judged = drifts.filter(({ notJudged }) => notJudged === undefined);
  const corrected = new Map<DriftTest, number>();
  for (const method of new Set(judged.flatMap(({ tests }) => tests.map((test) => test.method)))) {
    const tests = judged.flatMap((one) => one.tests.filter((test) => test.method === method));
    const pValues = correctPValues(
      tests.map(({ pValue }) => pValue),
      drift.correction,
    );
    for (const [at, test] of tests.entries()) corrected.set(test, pValues[at]!);
  }
  const decide = (test: DriftTest): DriftTest => {
    const pValue = corrected.get(test);
    if (pValue === undefined) return test;
    const drifted = test.effect > test.threshold && pValue < drift.significance;
    return { ...test, correctedPValue: pValue, drifted };
  };
  return drifts.map((one) => {
    const [first, ...others] = one.tests;
    const deciding = decide(first);
    return { ...one, tests: [deciding, ...others.map(decide)], drifted: deciding.drifted };
  });
}

function reasonNotToJudge(name: string, { derived, monitors }: DriftTask): string | undefined {
  const feature = derived[name];
  if (feature === undefined) return undefined;
  const { period, unitMs } = CYCLES[feature.kind];
  const hours = (period * unitMs) / 3_600_000;
  if (monitors.windowHours >= hours) return undefined;
  return `it goes round in ${hours} hours, and the window has ${monitors.windowHours}`;
}
