import { describe, expect, it } from 'vitest';
import { breachOf, type Evidence } from '../../../../core/loop/guardrails.ts';
import type { Comparison } from '../../../../core/monitor/labelled/judge.ts';

const compared = (low: number, high: number): Comparison => ({
  metric: 'auc',
  challenger: 0.7,
  champion: 0.72,
  improvement: (low + high) / 2,
  low,
  high,
  pValue: 0.01,
  rows: { challenger: 600, champion: 600 },
  paired: true,
});

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  labels: 600,
  due: 1000,
  owed: 0,
  predictions: 1000,
  usual: 1000,
  ...change,
});

const limits = { metric: 'auc', margin: 0.005, maximumErrorShare: 0.01, alarms: [] } as const;
const early = { minimumLabels: 500, isOver: false };
const atEnd = { minimumLabels: 500, isOver: true };

describe('breachOf', () => {
  it('says nothing while nothing is known, or nothing is worse than allowed', () => {
    expect(breachOf(undefined, limits, atEnd)).toBeUndefined();
    expect(breachOf(evidence(), limits, atEnd)).toBeUndefined();
    const slightly = evidence({ comparison: compared(-0.02, -0.004) });
    expect(breachOf(slightly, limits, atEnd)).toBeUndefined();
  });

  it('sends back what is worse beyond the margin, with the numbers', () => {
    const worse = evidence({ comparison: compared(-0.03, -0.01) });
    expect(breachOf(worse, limits, atEnd)).toBe(
      "auc 0.7000 against the champion's 0.7200 (-0.0200, interval -0.0300 to -0.0100, on the same rows), " +
        'so it is worse by more than 0.005',
    );
  });

  it('stops early only by the surer interval, and by labels enough for one', () => {
    const worse = { comparison: compared(-0.03, -0.01) };
    expect(breachOf(evidence(worse), limits, early)).toBeUndefined();
    const surely = { ...worse, early: compared(-0.04, -0.006) };
    expect(breachOf(evidence(surely), limits, early)).toContain('worse by more than 0.005');
    expect(breachOf(evidence({ ...surely, labels: 99 }), limits, early)).toBeUndefined();
  });

  it.each([
    { due: 1000, owed: 10, isBreach: false },
    // 10 are allowed, and three standard errors of the count are 3 × sqrt(1000 × 0.01 × 0.99) = 9.4.
    { due: 1000, owed: 19, isBreach: false },
    { due: 1000, owed: 20, isBreach: true },
    { due: 10, owed: 1, isBreach: false },
    { due: 10, owed: 2, isBreach: true },
  ])('with $owed of $due predictions owed, breach: $isBreach', ({ due, owed, isBreach }) => {
    const found = breachOf(evidence({ due, owed }), limits, early);
    expect(found !== undefined).toBe(isBreach);
  });

  it('sends back what an alarm rang for', () => {
    const alarm = 'alarm dev-late-parcel-predict-faults rang at 2001-05-02T10:00:00.000Z';
    expect(breachOf(evidence({ alarm }), limits, early)).toBe(alarm);
  });

  it('sends back what predicted nothing at all', () => {
    const silent = evidence({ labels: 0, predictions: 0, due: 0, usual: 50 });
    expect(breachOf(silent, limits, early)).toBeUndefined();
    expect(breachOf(silent, limits, atEnd)).toContain('it predicted nothing');
  });
});
