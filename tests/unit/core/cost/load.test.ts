import { describe, expect, it } from 'vitest';
import { parseRate } from '../../../../core/cost/load.ts';

describe('parseRate', () => {
  it.each([
    ['10/s', 10],
    ['500/min', 500 / 60],
    ['1M/day', 1e6 / 86_400],
    ['2.5k/hour', 2500 / 3600],
  ])('reads %s as a rate a second', (text, rate) => {
    expect(parseRate(text)).toBeCloseTo(rate, 10);
  });

  it.each(['10', '10/week', '-1/s', 'many/s', '10/toString', ''])('fails on %j', (text) => {
    expect(() => parseRate(text)).toThrow('write for example 10/s');
  });
});
