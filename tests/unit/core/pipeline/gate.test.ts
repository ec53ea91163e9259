import { describe, expect, it } from 'vitest';
import { decideGate } from '../../../../core/pipeline/gate.ts';
import { gateInputOf } from '../../../../core/pipeline/gate-input.ts';

const gate = { metric: 'auc', beatBaselineBy: 0.05, beatChampionBy: 0.01 } as const;

describe('decideGate', () => {
  it.each([
    { candidate: 0.72, baseline: { value: 0.66 }, passed: true },
    { candidate: 0.7, baseline: { value: 0.66 }, passed: false },
  ])('has the first version beat the baseline alone: $candidate over $baseline', (input) => {
    const { passed, comparisons } = decideGate(gate, input);
    expect(passed).toBe(input.passed);
    expect(comparisons.map((comparison) => comparison.with)).toEqual(['the baseline model']);
  });

  it.each([
    { value: 0.7, passed: true },
    { value: 0.715, passed: false },
    { value: 0.8, passed: false },
  ])('has 0.72 beat a champion of $value by the declared margin', ({ value, passed }) => {
    const champion = { version: 3, value };
    const decision = decideGate(gate, { candidate: 0.72, baseline: { value: 0.5 }, champion });
    expect(decision.passed).toBe(passed);
    expect(decision.reason).toContain(`${passed ? 'beats' : 'does not beat'} champion 3`);
  });

  it('compares on the rows that the champion has not learned from, and says so', () => {
    const note = 'without 500 rows that it was trained on';
    const champion = { version: 3, value: 0.7, candidate: 0.69, note };
    const decision = decideGate(gate, { candidate: 0.8, baseline: { value: 0.5 }, champion });
    expect(decision.passed).toBe(false);
    expect(decision.comparisons[1]?.improvement).toBeCloseTo(-0.01);
    expect(decision.reason).toContain(`champion 3 (0.7000) by 0.01, ${note}`);
  });

  it('does not replace a champion by its equal', () => {
    const champion = { version: 3, value: 0.72 };
    const free = { ...gate, beatChampionBy: 0 };
    expect(decideGate(free, { candidate: 0.72, baseline: { value: 0.5 }, champion }).passed).toBe(
      false,
    );
  });

  it('needs an interval that excludes no improvement, and tells its numbers', () => {
    const interval = { high: 0.04, confidence: 0.95 };
    const over = (low: number) =>
      decideGate(gate, {
        candidate: 0.72,
        baseline: { value: 0.5 },
        champion: { version: 3, value: 0.7, interval: { ...interval, low } },
      });
    expect(over(0.001).passed).toBe(true);
    expect(over(-0.001)).toMatchObject({
      passed: false,
      reason:
        'auc 0.7200 beats the baseline model (0.5000) by 0.05 and does not beat champion 3 ' +
        '(0.7000) by 0.01 (+0.0200, 95 % interval -0.0010 to +0.0400)',
    });
  });

  it('takes a lower error for the better one', () => {
    const rmse = { metric: 'rmse', beatBaselineBy: 1, beatChampionBy: 0 } as const;
    expect(decideGate(rmse, { candidate: 8, baseline: { value: 10 } }).passed).toBe(true);
    expect(decideGate(rmse, { candidate: 12, baseline: { value: 10 } }).passed).toBe(false);
  });
});

describe('gateInputOf', () => {
  it('leaves out a champion that could not be measured', () => {
    const champion = { version: 3, notComparable: 'it needs more' };
    const measured = {
      rows: 9,
      improvements: {},
      metrics: { auc: 0.7 },
      baseline: { auc: 0.5 },
      champion,
    };
    expect(gateInputOf('auc', measured)).toEqual({ candidate: 0.7, baseline: { value: 0.5 } });
  });

  it('fails where the metric is undefined, and says what to do', () => {
    expect(() =>
      gateInputOf('auc', { rows: 9, metrics: {}, baseline: {}, improvements: {} }),
    ).toThrow(
      'auc cannot be measured on the 9 rows of the holdout, where all labels are the same; ' +
        'declare more holdoutDays, or gate on another metric',
    );
  });
});
