import { describe, expect, it } from 'vitest';
import { type Columns, toInputBatch } from '../../../../core/data/columns.ts';
import type { Signature } from '../../../../core/model/signature.ts';

const columns: Columns = {
  rows: 3,
  numbers: { a: Float32Array.of(1, 2, 3), b: Float32Array.of(10, NaN, 30) },
  categories: { city: { dictionary: ['Oslo', 'Rome'], codes: Int32Array.of(1, -1, 0) } },
  times: { at: Float64Array.of(100, 200, NaN) },
  target: Float64Array.of(0, 1, 0),
};
const signature: Signature = {
  numbers: ['b', 'a'],
  categories: ['city'],
  times: ['at'],
  output: 'probability',
};

describe('toInputBatch', () => {
  it('lays rows one after the other, in the order of the signature', () => {
    expect(toInputBatch(columns, signature)).toEqual({
      rows: 3,
      numbers: Float32Array.of(10, 1, NaN, 2, 30, 3),
      categories: ['Rome', '', 'Oslo'],
      times: Float64Array.of(100, 200, NaN),
    });
  });

  it('takes the rows from one to before another', () => {
    expect(toInputBatch(columns, signature, 1, 2)).toEqual({
      rows: 1,
      numbers: Float32Array.of(NaN, 2),
      categories: [''],
      times: Float64Array.of(200),
    });
  });

  it('fails when the table lacks a column', () => {
    expect(() => toInputBatch(columns, { ...signature, numbers: ['c'] })).toThrow(
      "table has no column 'c' (has: a, b); load every feature that the model declares",
    );
  });
});
