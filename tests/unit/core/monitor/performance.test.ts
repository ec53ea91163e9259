import { describe, expect, it } from 'vitest';
import type { CompleteMonitors } from '../../../../core/model/monitors.ts';
import type { LabelledRows } from '../../../../core/monitor/labelled/influence.ts';
import {
  limitOf,
  performanceOf,
  type LabelledSlices,
} from '../../../../core/monitor/performance.ts';
import { parcels } from '../../../fakes/parcels.ts';

const { limit: _, ...withoutLimit } = parcels.monitors.performance;
const declared = (change: Partial<CompleteMonitors['performance']>) => ({
  ...withoutLimit,
  ...change,
});

describe('limitOf', () => {
  it.each([
    { what: 'what is declared', of: { limit: 0.6 }, reference: 0.8, expected: 0.6 },
    { what: 'a usual loss of AUC', of: {}, reference: 0.8, expected: 0.75 },
    { what: 'the declared loss', of: { maximumLoss: 0.02 }, reference: 0.8, expected: 0.78 },
    {
      what: 'the nearer of both',
      of: { limit: 0.6, maximumLoss: 0.1 },
      reference: 0.8,
      expected: 0.7,
    },
    {
      what: 'a tenth of a loss that has no end',
      of: { metric: 'rmse' },
      reference: 10,
      expected: 11,
    },
    {
      what: 'the nearer of both where less is better',
      of: { metric: 'mae', limit: 12, maximumLoss: 1 },
      reference: 10,
      expected: 11,
    },
    {
      what: 'the limit without a holdout',
      of: { limit: 0.6 },
      reference: undefined,
      expected: 0.6,
    },
  ] as const)('is $what', ({ of, reference, expected }) => {
    expect(limitOf(declared(of), reference)).toBeCloseTo(expected, 12);
  });

  it('is none where there is neither a holdout nor a limit', () => {
    expect(limitOf(declared({}), undefined)).toBeNull();
  });
});

/** Values that are off by one or by three, turn by turn. */
function values(rows: number, factor = 1): LabelledRows {
  const labels = Float64Array.from({ length: rows }, (_value, row) => row);
  const outputs = labels.map((label, row) => label + (row % 2 === 0 ? 1 : -3) * factor);
  return { kind: 'regression', labels, outputs, decisions: outputs };
}

const judge = (labelled: LabelledSlices, reference: Record<string, number>) =>
  performanceOf({
    monitors: { performance: declared({ metric: 'mae' }) },
    reference,
    labelled,
    coverage: [],
    arrived: { ids: 0, repeated: 0, corrected: 0, wrong: 0 },
  });

describe('performanceOf', () => {
  it('judges values by how far they are off', () => {
    // off by 2 on average
    const good = judge({ rows: values(1000), slices: [] }, { mae: 2 });
    expect(good).toMatchObject({ good: true, limit: 2.2, labels: 1000 });
    expect(good.measured?.value).toBe(2);
    expect(good).not.toHaveProperty('calibration');
    const bad = judge({ rows: values(1000), slices: [] }, { mae: 1 });
    expect(bad.good).toBe(false);
    expect(bad.shortfall).toBeCloseTo(bad.measured!.low - 1.1, 12);
  });

  it('is not judged where there is nothing to go by', () => {
    expect(judge({ rows: values(1000), slices: [] }, {}).notJudged).toBe(
      'mae was not measured on a holdout; declare monitors.performance.limit',
    );
  });

  it('finds the slice that is surely worse, if it has labels enough to say so', () => {
    const sliced = (value: string, rows: number, factor: number) => ({
      feature: 'depot',
      value,
      rows: values(rows, factor),
    });
    const slices = [sliced('A', 500, 1), sliced('B', 400, 3), sliced('C', 6, 3), sliced('D', 0, 1)];
    const found = judge({ rows: values(1000), slices }, { mae: 2 }).slices;
    expect(found.map(({ value, worse }) => [value, worse])).toEqual([
      ['A', false],
      ['B', true],
      ['C', false],
    ]);
  });
});
