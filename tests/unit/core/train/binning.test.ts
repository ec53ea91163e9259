import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binsOf, boundariesOf, MISSING_BIN } from '../../../../core/train/binning.ts';

describe('boundariesOf', () => {
  it('cuts between all values where there are few', () => {
    expect([...boundariesOf(Float32Array.of(3, 1, 2, 2, NaN, 1), 255)]).toEqual([1.5, 2.5]);
  });

  it('never lies between a value and itself, so that 32-bit floats compare alike everywhere', () => {
    const above = Math.fround(1 + 2 ** -23);

    // Halfway between neighbours is no 32-bit float; the boundary is the lower one.
    expect([...boundariesOf(Float32Array.of(1, above), 255)]).toEqual([1]);
    expect([...boundariesOf(Float32Array.of(-Infinity, Infinity), 255)]).toEqual([-Infinity]);
  });

  it('makes bins of about equally many rows where there are many values', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, row) => row ** 2);

    const bins = binsOf(values, boundariesOf(values, 10));

    const rows = Array.from({ length: 10 }, (_, bin) => bins.filter((own) => own === bin).length);
    expect(Math.min(...rows)).toBeGreaterThan(950);
    expect(Math.max(...rows)).toBeLessThan(1050);
  });

  it('gives a value that many rows have a bin of its own', () => {
    const values = Float32Array.from({ length: 1000 }, (_, row) => (row < 600 ? 500 : row));

    const bins = binsOf(values, boundariesOf(values, 4));

    expect(bins.filter((bin) => bin === bins[0])).toHaveLength(600);
  });
});

describe('binsOf', () => {
  it('keeps the order of values, in no more bins than asked for, with the missing apart', () => {
    const value = fc.oneof(fc.float(), fc.constantFrom(0, 1, 2, NaN));
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 200 }),
        fc.integer({ min: 2, max: 20 }),
        (given, most) => {
          const values = Float32Array.from(given);
          const bins = binsOf(values, boundariesOf(values, most));
          for (const [row, bin] of bins.entries()) {
            const isMissing = Number.isNaN(values[row]);
            expect(bin === MISSING_BIN).toBe(isMissing);
            expect(bin).toBeLessThan(isMissing ? 256 : most);
          }
          const ordered = [...values.keys()]
            .filter((row) => bins[row] !== MISSING_BIN)
            .toSorted((a, b) => (values[a]! < values[b]! ? -1 : Number(values[a]! > values[b]!)));
          for (const [at, row] of ordered.slice(1).entries()) {
            expect(bins[row]).toBeGreaterThanOrEqual(bins[ordered[at]!]!);
          }
        },
      ),
    );
  });
});
