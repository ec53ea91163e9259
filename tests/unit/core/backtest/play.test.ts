import { describe, expect, it } from 'vitest';
import type { Day, DayOfVersion } from '../../../../core/backtest/days.ts';
import { bestOf } from '../../../../core/backtest/page.ts';
import { type Course, playPolicy } from '../../../../core/backtest/play.ts';
import { type Policy, usualPolicies } from '../../../../core/backtest/policies.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2001-01-01T00:00:00Z');
const at = (day: number): Date => new Date(START + day * DAY_MS);

interface Said {
  /** AUC, surely to 0.01. */
  readonly auc: number;
  readonly drift?: number;
}

const ofVersion = ({ auc, drift = 0 }: Said): DayOfVersion => ({
  rows: 1000,
  performance: { metric: 'auc', value: auc, low: auc - 0.01, high: auc + 0.01 },
  drift,
  predictionDrift: 0,
});

/** Forty days; version 1 has seen what was before them, version 2 the first twenty. */
function courseOf(first: (day: number) => Said, second: (day: number) => Said): Course {
  const days = Array.from({ length: 40 }, (_, day): Day => {
    const byVersion = new Map([[1, ofVersion(first(day))]]);
    if (day >= 20) byVersion.set(2, ofVersion(second(day)));
    return { at: at(day), byVersion };
  });
  const versions = [
    { version: 1, from: at(0), reference: 0.8, vcpuSeconds: 3600 },
    { version: 2, from: at(20), reference: 0.8, vcpuSeconds: 3600 },
  ];
  return { days, versions, delayDays: 0, badLoss: 0.05 };
}

const policy = (change: Partial<Policy>): Policy => ({
  name: 'one',
  signal: 'performance',
  limit: 0.05,
  sustained: { bad: 1, of: 1 },
  cooldownDays: 1,
  budgetPerMonth: 4,
  patienceDays: 0,
  ...change,
});

/** Good for twenty-five days, then bad. */
const falls = (day: number): Said => ({ auc: day < 25 ? 0.8 : 0.7 });
const blinks = (day: number): Said => ({ auc: day === 10 ? 0.7 : 0.8 });
const moves = (day: number): Said => ({ auc: 0.8, drift: day === 5 ? 2 : 0 });
const bad = (): Said => ({ auc: 0.7 });
const good = (): Said => ({ auc: 0.8 });

describe('playPolicy', () => {
  it('rings when performance falls, trains, and is good again', () => {
    const found = playPolicy(policy({}), courseOf(falls, good));
    expect(found).toMatchObject({
      alarms: 1,
      falseAlarms: 0,
      declines: 1,
      missed: 0,
      delayDays: 0,
      retrains: 1,
      vcpuSeconds: 3600,
    });
    // 39 days of 0.8 and the one on which it fell
    expect(found.metric).toBeCloseTo((39 * 0.8 + 0.7) / 40, 12);
    expect(found.retrainedAt).toEqual([at(26)]);
    expect(found.line.at(-1)).toMatchObject({ version: 2 });
  });

  it.each([
    { patienceDays: 0, first: 26 },
    { patienceDays: 7, first: 32 },
  ])('trains once a decline is $patienceDays days old', ({ patienceDays, first }) => {
    const found = playPolicy(policy({ patienceDays }), courseOf(falls, good));
    expect(found.retrainedAt).toEqual([at(first)]);
    expect(found.alarms).toBe(1);
  });

  it('waits for as many days as are asked, and for labels', () => {
    const course = { ...courseOf(falls, good), delayDays: 2 };
    const found = playPolicy(policy({ sustained: { bad: 2, of: 3 } }), course);
    expect(found.delayDays).toBe(3);
  });

  it('lets a single bad day pass where two are asked', () => {
    const course = courseOf(blinks, good);
    expect(playPolicy(policy({ sustained: { bad: 2, of: 3 } }), course)).toMatchObject({
      alarms: 0,
      declines: 1,
      missed: 1,
    });
    expect(playPolicy(policy({}), course).alarms).toBe(1);
  });

  it('calls an alarm false whose days were good, and counts a training that changed nothing', () => {
    const found = playPolicy(policy({ signal: 'drift', limit: 1 }), courseOf(moves, good));
    expect(found).toMatchObject({ alarms: 1, falseAlarms: 1, retrains: 1, declines: 0 });
    expect(found.falseAlarmsPerMonth).toBeCloseTo(365.25 / 12 / 40, 12);
    expect(found.line.every(({ version }) => version === 1 || version === 2)).toBe(true);
  });

  it('rings once for what goes on, and keeps to rest and budget', () => {
    const found = playPolicy(policy({ budgetPerMonth: 1 }), courseOf(bad, bad));
    expect(found.alarms).toBe(1);
    expect(found.retrains).toBe(1);
  });

  it('trains by the calendar, whatever happens', () => {
    const found = playPolicy(policy({ signal: 'calendar', limit: 14 }), courseOf(falls, good));
    expect(found.retrainedAt).toEqual([at(14), at(28)]);
    expect(found.alarms).toBe(0);
  });

  it('never trains where that is the policy', () => {
    const found = playPolicy(policy({ signal: 'never' }), courseOf(falls, good));
    expect(found).toMatchObject({ retrains: 0, alarms: 0, declines: 1, missed: 1 });
    expect(found.metricAtEnd).toBeCloseTo((13 * 0.8 + 15 * 0.7) / 28, 12);
  });

  it('fails where no version could have served on the first day', () => {
    const { versions, ...course } = courseOf(falls, good);
    expect(() => playPolicy(policy({}), { ...course, versions: versions.slice(1) })).toThrow(
      'no version had seen its data before the first day; take a later --from',
    );
  });
});

describe('usualPolicies', () => {
  const policies = usualPolicies({
    monitors: { sustained: { bad: 2, of: 3 } },
    cooldownDays: 1,
    budgetPerMonth: 4,
    patienceDays: 0,
    loss: 0.05,
  });

  it('begin with the declared one and have names of their own', () => {
    expect(policies[0]?.name).toBe('performance, loss 0.05, 2 of 3');
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  });

  it('are best where the metric is good and trainings are few', () => {
    const course = courseOf(falls, good);
    const outcomes = policies.map((one) => playPolicy(one, course));
    const best = bestOf({ outcomes, metric: 'auc' });
    expect(best?.retrains).toBe(1);
    expect(best?.policy.signal).toBe('performance');
  });
});
