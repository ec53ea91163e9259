import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countBins,
  profileCategory,
  profileNumbers,
  profileOf,
} from '../../../../core/data/profile.ts';
import { parcels } from '../../../fakes/parcels.ts';

describe('profileNumbers', () => {
  it('cuts a range into ten bins of equal shares', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    expect(profileNumbers(values)).toMatchObject({
      kind: 'number',
      missing: 0,
      minimum: 1,
      maximum: 100,
      mean: 50.5,
      edges: [10, 20, 30, 40, 50, 60, 70, 80, 90],
      // (100² - 1) / 12, and the root of it
      deviation: Math.sqrt(833.25),
      counts: Array.from({ length: 10 }, () => 10),
    });
  });

  it('gives each value of a small set a bin of its own', () => {
    const values = Float64Array.of(0, 0, 1, 1, 1, 2);
    expect(profileNumbers(values)).toMatchObject({ edges: [0, 1], counts: [2, 3, 1] });
  });

  it('counts missing values apart', () => {
    expect(profileNumbers(Float64Array.of(NaN, 4, NaN))).toEqual({
      kind: 'number',
      missing: 2,
      minimum: 4,
      maximum: 4,
      mean: 4,
      deviation: 0,
      edges: [],
      counts: [1],
      sketch: { edges: [], counts: [1], means: [4] },
    });
  });

  it('has no minimum, maximum or mean without values', () => {
    expect(profileNumbers(Float64Array.of())).toMatchObject({
      minimum: null,
      maximum: null,
      mean: null,
    });
  });

  it('puts every value into exactly one bin', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), (numbers) => {
        const values = Float64Array.from(numbers);
        const { edges, counts } = profileNumbers(values);
        expect(counts).toEqual(countBins(values, edges));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      }),
    );
  });
});

describe('profileCategory', () => {
  it('counts values, the most frequent first, and what is missing', () => {
    const dictionary = ['A', 'B', 'never'];
    expect(profileCategory({ dictionary, codes: Int32Array.of(1, 0, -1, 1) })).toEqual({
      kind: 'category',
      missing: 1,
      counts: { B: 2, A: 1 },
      other: 0,
    });
  });

  it('keeps the most frequent ten thousand values and sums up the rest', () => {
    const dictionary = Array.from({ length: 10_003 }, (_, index) => `v${index}`);
    const codes = Int32Array.from({ length: 10_004 }, (_, row) => Math.min(row, 10_002));

    const { counts, other } = profileCategory({ dictionary, codes });

    expect(Object.keys(counts)).toHaveLength(10_000);
    expect(counts['v10002']).toBe(2);
    expect(other).toBe(3);
  });
});

describe('profileOf', () => {
  it('looks at numbers, at categories and at what is derived from times', () => {
    const { features } = profileOf(
      {
        rows: 1,
        numbers: { weight: Float32Array.of(3) },
        categories: { depot: { dictionary: ['A'], codes: Int32Array.of(0) } },
        times: { sent: Float64Array.of(Date.parse('2001-01-01T01:30:00Z')) },
        target: Float64Array.of(0),
      },
      parcels,
    );
    expect(Object.keys(features).toSorted()).toEqual(['depot', 'minute', 'weight']);
    expect(features['minute']).toMatchObject({ minimum: 90 });
  });
});
