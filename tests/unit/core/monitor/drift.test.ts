import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { profileOf } from '../../../../core/data/profile.ts';
import { category, dayOfWeek, timestamp } from '../../../../core/model/index.ts';
import { driftOf, numberDrift } from '../../../../core/monitor/drift.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { profileNumbers } from '../../../../core/data/profile.ts';

const HOUR_MS = 3_600_000;
const MONDAY = Date.parse('2001-01-01T00:00:00Z');

const task = (windowHours: number) => ({
  features: {
    sent: timestamp({ description: 'When' }),
    depot: category({ description: 'Where' }),
  },
  derived: { day: dayOfWeek('sent') },
  monitors: { drift: parcels.monitors.drift, windowHours },
});

function table(depots: readonly string[], hours = depots.length): Columns {
  const dictionary = [...new Set(depots)].toSorted();
  return {
    rows: depots.length,
    numbers: {},
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
const driftIn = (current: Columns, windowHours = 1000) =>
  driftOf(current, task(windowHours), profileOf(table(half), task(windowHours)));

describe('driftOf', () => {
  it('finds none in the data of the profile itself', () => {
    for (const { statistic, drifted } of driftIn(table(half))) {
      expect(statistic).toBeCloseTo(0, 12);
      expect(drifted).toBe(false);
    }
  });

  it('finds a category whose shares moved, and puts it first', () => {
    const [first] = driftIn(table([...repeat('A', 950), ...repeat('B', 50)]));
    expect(first).toMatchObject({ feature: 'depot', drifted: true, threshold: 0.25 });
    // about 0.45 ln(1.9) + (-0.45) ln(0.1), smoothing apart
    expect(first?.statistic).toBeCloseTo(0.45 * Math.log(1.9) - 0.45 * Math.log(0.1), 1);
  });

  it('counts values that the profile does not know among all others', () => {
    const [first] = driftIn(table(repeat('new', 1000)));
    expect(first?.bins.at(-1)).toEqual({ name: 'all others', reference: 0, current: 1 });
  });

  it('keeps to twenty bins, however many values there are', () => {
    const many = table(Array.from({ length: 3000 }, (_, row) => `v${row % 300}`));
    const drift = driftOf(many, task(1000), profileOf(many, task(1000))).find(
      ({ feature }) => feature === 'depot',
    );
    expect(drift?.bins).toHaveLength(20);
    expect(drift?.bins.at(-1)?.reference).toBeCloseTo(281 / 300, 12);
  });

  it('does not judge the day of the week in a window of a day', () => {
    const drift = driftIn(table(half, 24), 24).at(-1);
    expect(drift).toMatchObject({
      feature: 'day',
      drifted: false,
      notJudged: 'it goes round in 168 hours, and the window has 24',
    });
  });

  it('finds none without rows', () => {
    expect(driftIn(table([])).map(({ statistic }) => statistic)).toEqual([0, 0]);
  });
});

describe('numberDrift', () => {
  it("compares on the profile's own bins, whatever lies beyond them", () => {
    const profile = profileNumbers(Float64Array.of(1, 2, 3, 4));
    const { bins } = numberDrift('prediction', profile, Float64Array.of(-50, 1.5, 90, 90), 0.25);
    expect(bins.map(({ name, current }) => [name, current])).toEqual([
      ['to 1', 0.25],
      ['1 to 2', 0.25],
      ['2 to 3', 0],
      ['above 3', 0.5],
    ]);
  });
});
