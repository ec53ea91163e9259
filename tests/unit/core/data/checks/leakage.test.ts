import { describe, expect, it } from 'vitest';
import { checkLeakage } from '../../../../../core/data/checks/leakage.ts';
import type { Columns } from '../../../../../core/data/columns.ts';
import { category, defineModel, number } from '../../../../../core/model/index.ts';
import { auc } from '../../../../../core/train/metrics/auc.ts';
import { hashOf } from '../../../../../core/train/random.ts';
import { parcelDeclaration } from '../../../../fakes/parcels.ts';

const ROWS = 4000;
const chance = (seed: number, row: number): number => hashOf(seed, row) / 2 ** 32;

const binary = defineModel({
  ...parcelDeclaration,
  features: {
    honest: number({ description: 'Noise' }),
    copy: number({ description: 'The target in other numbers' }),
    gap: number({ description: 'Empty where the target is 1' }),
    refund: category({ description: 'Paid for late ones' }),
    id: category({ description: 'Another one a row' }),
  },
  derived: {},
});

function columnsOf(target: Float64Array): Columns {
  const each = (value: (row: number) => number): Float32Array =>
    Float32Array.from({ length: ROWS }, (_, row) => value(row));
  return {
    rows: ROWS,
    numbers: {
      honest: each((row) => chance(2, row)),
      // Not in order: 1 lies between the two values of 0.
      copy: each((row) => (target[row] === 1 ? 5 : [1, 9][row % 2]!)),
      gap: each((row) => (target[row] === 1 ? NaN : chance(3, row))),
    },
    categories: {
      refund: {
        dictionary: ['yes', 'no'],
        codes: Int32Array.from({ length: ROWS }, (_, row) => (target[row] === 1 ? 0 : 1)),
      },
      id: {
        dictionary: Array.from({ length: ROWS }, (_, row) => `id-${row}`),
        codes: Int32Array.from({ length: ROWS }, (_, row) => row),
      },
    },
    times: {},
    target,
  };
}

describe('checkLeakage', () => {
  it('finds features that tell a binary target, whatever way they do, and no others', () => {
    const target = Float64Array.from({ length: ROWS }, (_, row) => Number(chance(1, row) < 0.3));
    const found = checkLeakage(columnsOf(target), binary, auc);
    const leaking = found.filter(({ passed }) => !passed).map(({ column }) => column);
    expect(leaking).toEqual(['copy', 'gap', 'refund']);
    expect(found.find(({ column }) => column === 'refund')).toMatchObject({
      severity: 'error',
      measured: 1,
      message: "'refund' alone tells the target with an AUC of 1.0000",
      examples: expect.arrayContaining(["'yes' with target 1", "'no' with target 0"]),
    });
    // An id that occurs once tells nothing about other rows.
    expect(found.find(({ column }) => column === 'id')?.measured).toBeCloseTo(0.5, 1);
  });

  it('finds a copy of a number', () => {
    const regression = defineModel({
      ...parcelDeclaration,
      target: { kind: 'regression', column: 'days_late' },
      baseline: {},
      gate: { metric: 'rmse', beatBaselineBy: 0 },
      monitors: {},
      features: {
        copy: number({ description: 'In other units' }),
        honest: number({ description: 'Noise' }),
      },
      derived: {},
    });
    // A heavy tail, which bins would round.
    const target = Float64Array.from({ length: ROWS }, (_, row) => 1 / (0.001 + chance(1, row)));
    const numbers = {
      copy: Float32Array.from(target, (value) => 3 - 2 * value),
      honest: Float32Array.from(target, (_, row) => chance(4, row)),
    };
    const columns = { rows: ROWS, numbers, categories: {}, times: {}, target };
    const leaking = checkLeakage(columns, regression, auc).filter(({ passed }) => !passed);
    expect(leaking.map(({ column }) => column)).toEqual(['copy']);
  });

  it('says nothing when it is off', () => {
    const off = {
      ...binary,
      checks: { ...binary.checks, leakage: { severity: 'off', limit: 0 } },
    } as const;
    expect(checkLeakage(columnsOf(new Float64Array(ROWS)), off, auc)).toEqual([]);
  });
});
