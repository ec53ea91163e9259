import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { type DataProfile, profileNumbers, profileOf } from '../../../../core/data/profile.ts';
import { countNumbers } from '../../../../core/data/sketch.ts';
import type { CompleteMonitors } from '../../../../core/model/monitors.ts';
import { category, dayOfWeek, number, timestamp } from '../../../../core/model/index.ts';
import { type Drift, driftOf, reachOf } from '../../../../core/monitor/drift.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { summaryOf } from '../../../../core/monitor/summary-of.ts';

const HOUR_MS = 3_600_000;
const MONDAY = Date.parse('2001-01-01T00:00:00Z');

const task = (windowHours = 1000, drift: Partial<CompleteMonitors['drift']> = {}) => ({
  features: {
    sent: timestamp({ description: 'When' }),
    depot: category({ description: 'Where' }),
    weight: number({ description: 'How much' }),
  },
  derived: { day: dayOfWeek('sent') },
  monitors: { drift: { ...parcels.monitors.drift, ...drift }, windowHours },
});

function table(depots: readonly string[], shift = 0, hours = depots.length): Columns {
  const dictionary = [...new Set(depots)].toSorted();
  return {
    rows: depots.length,
    numbers: { weight: Float32Array.from(depots, (_, row) => ((row * 7919) % 997) / 10 + shift) },
    categories: {
      depot: {
        dictionary,
        codes: Int32Array.from(depots, (depot) => dictionary.indexOf(depot)),
      },
    },
    times: { sent: Float64Array.from(depots, (_, row) => MONDAY + (row % hours) * HOUR_MS) },
    target: new Float64Array(0),
  };
}

const repeat = (value: string, times: number) => Array.from({ length: times }, () => value);
const half = [...repeat('A', 500), ...repeat('B', 500)];

function driftIn(current: Columns, of = task(), profile: DataProfile = profileOf(table(half), of)) {
  return driftOf(summaryOf(current, of, profile), of, profile).features;
}

const named = (drift: readonly Drift[], feature: string): Drift =>
  drift.find((one) => one.feature === feature)!;

describe('driftOf', () => {
  it('finds none in the data of the profile itself', () => {
    for (const { tests, drifted } of driftIn(table(half))) {
      for (const { effect, pValue } of tests) {
        expect(effect).toBeCloseTo(0, 12);
        expect(pValue).toBeCloseTo(1, 6);
      }
      expect(drifted).toBe(false);
    }
  });

  it('finds a category whose shares moved, and puts it first', () => {
    const [first] = driftIn(table([...repeat('A', 950), ...repeat('B', 50)]));
    expect(first).toMatchObject({ feature: 'depot', drifted: true });
    expect(first?.tests.map(({ method }) => method)).toEqual([
      'psi',
      'jensen-shannon',
      'chi-squared',
    ]);
    // about 0.45 ln(1.9) + (-0.45) ln(0.1), smoothing apart
    expect(first?.tests[0].statistic).toBeCloseTo(0.45 * Math.log(1.9) - 0.45 * Math.log(0.1), 1);
  });

  it('measures a number by every method, and in deviations how far it went', () => {
    const { tests, drifted } = named(driftIn(table(half, 100)), 'weight');
    expect(drifted).toBe(true);
    // all 1000 values lie above all of the profile; it spans 0 to 99.6 evenly, so that its
    // deviation is 99.7 / √12 = 28.8
    const effects = Object.fromEntries(tests.map(({ method, effect }) => [method, effect]));
    expect(effects['ks']).toBeCloseTo(1, 2);
    expect(effects['wasserstein']).toBeCloseTo(100 / 28.78, 1);
  });

  it('lets another method decide where that is declared', () => {
    const moved = table(half, 10);
    const byKs = named(driftIn(moved, task(1000, { numbers: 'ks' })), 'weight');
    expect(byKs.tests[0]).toMatchObject({ method: 'ks', threshold: 0.2 });
    const own = task(1000, { features: { weight: 'wasserstein', depot: 'off' } });
    expect(named(driftIn(moved, own), 'weight').tests[0].method).toBe('wasserstein');
    expect(named(driftIn(table(repeat('A', 1000)), own), 'depot')).toMatchObject({
      drifted: false,
      notJudged: 'the declaration says so',
    });
  });

  it('does not call what chance may have made drift, however large it is', () => {
    // 9 rows of 12: a PSI of 0.27, but p = 0.15 by chi-squared with Yates' correction
    const depot = named(driftIn(table([...repeat('A', 9), ...repeat('B', 3)])), 'depot');
    expect(depot.tests[0].effect).toBeGreaterThan(depot.tests[0].threshold);
    expect(depot.drifted).toBe(false);
    expect(reachOf(depot)).toBe(1);
  });

  it('does not call what is certain but small drift, however many rows there are', () => {
    const all = profileOf(table([...repeat('A', 10_000), ...repeat('B', 10_000)], 0, 1000), task());
    const many = table([...repeat('A', 10_600), ...repeat('B', 9400)], 0, 1000);
    const { tests, drifted } = named(driftIn(many, task(), all), 'depot');
    expect(tests[0].correctedPValue).toBeLessThan(1e-6);
    expect(drifted).toBe(false);
  });

  it('counts values that the profile does not know among all others', () => {
    const { bins } = named(driftIn(table(repeat('new', 1000))), 'depot');
    expect(bins.at(-1)).toEqual({ name: 'all others', reference: 0, current: 1 });
  });

  it('keeps to twenty bins, however many values there are', () => {
    const many = table(Array.from({ length: 3000 }, (_, row) => `v${row % 300}`));
    const { bins } = named(driftIn(many, task(), profileOf(many, task())), 'depot');
    expect(bins).toHaveLength(20);
    expect(bins.at(-1)?.reference).toBeCloseTo(281 / 300, 12);
  });

  it('does not judge the day of the week in a window of a day', () => {
    const drift = driftIn(table(half, 0, 24), task(24)).at(-1);
    expect(drift).toMatchObject({
      feature: 'day',
      drifted: false,
      notJudged: 'it goes round in 168 hours, and the window has 24',
    });
  });

  it('compares with a profile of before there were sketches, all but Wasserstein', () => {
    const profile = profileOf(table(half), task());
    const { weight, ...features } = profile.features;
    const { sketch: _, deviation: __, ...older } = weight as ReturnType<typeof profileNumbers>;
    const { tests, drifted } = named(
      driftIn(table(half, 100), task(), { ...profile, features: { ...features, weight: older } }),
      'weight',
    );
    expect(drifted).toBe(true);
    expect(tests.map(({ method }) => method)).toEqual(['psi', 'jensen-shannon', 'ks']);
    expect(tests[2]?.statistic).toBeCloseTo(0.9, 1);
    expect(tests[2]?.error).toBeCloseTo(0.1, 1);
  });

  it('judges predictions beside features, on the bins of their own profile', () => {
    const profile = profileOf(table(half), task());
    const reference = profileNumbers(Float64Array.from({ length: 100 }, (_, row) => row / 100));
    const counter = countNumbers(reference.sketch!.edges);
    counter.add(Float64Array.from({ length: 100 }, () => 0.9));
    const { predictions, features } = driftOf(
      summaryOf(table(half), task(), profile),
      task(),
      profile,
      {
        current: counter.counted(),
        reference,
      },
    );
    expect(predictions).toMatchObject({ feature: 'prediction', drifted: true });
    expect(features.map(({ feature }) => feature)).not.toContain('prediction');
  });
});
