import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countNumbers, quantileEdges, sketchEdges } from '../../../../core/data/sketch.ts';

const sorted = (...values: readonly number[]) => Float64Array.from(values).toSorted();

describe('sketchEdges', () => {
  it('keeps every value where there are few', () => {
    expect(sketchEdges(sorted(3, 1, 1, 2), 3)).toEqual([1, 2]);
  });

  it('cuts into equal shares where there are many', () => {
    expect(sketchEdges(sorted(1, 2, 3, 4, 5, 6, 7, 8), 4)).toEqual([2, 4, 6]);
  });

  it('has none where there is nothing to cut', () => {
    expect(sketchEdges(sorted())).toEqual([]);
    expect(quantileEdges(sorted(5, 5, 5), 10)).toEqual([]);
  });
});

describe('countNumbers', () => {
  it('counts what is missing and implausible beside the bins', () => {
    const counter = countNumbers([1, 2], { minimum: 0, maximum: 5 });
    counter.add(Float64Array.of(NaN, -1, 1));
    counter.add(Float32Array.of(1.5, 2, 7));
    expect(counter.counted()).toEqual({
      missing: 1,
      outside: 2,
      minimum: -1,
      maximum: 7,
      sketch: { edges: [1, 2], counts: [2, 2, 1], means: [0, 1.75, 7] },
    });
  });

  it('has no smallest or largest value without values', () => {
    expect(countNumbers([]).counted()).toMatchObject({ minimum: null, maximum: null });
  });

  it('puts every value into the first bin whose edge it does not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer(), (values, value) => {
        const edges = sketchEdges(sorted(...values));
        const counter = countNumbers(edges);
        counter.add(Float64Array.of(value));
        const bin = counter.counted().sketch.counts.indexOf(1);
        expect(value <= (edges[bin] ?? Infinity)).toBe(true);
        expect(value > (edges[bin - 1] ?? -Infinity)).toBe(true);
      }),
    );
  });
});
