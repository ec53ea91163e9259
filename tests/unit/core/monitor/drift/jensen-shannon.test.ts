import { describe, expect, it } from 'vitest';
import { jensenShannon } from '../../../../../core/monitor/drift/jensen-shannon.ts';

describe('jensenShannon', () => {
  it('is the distance that scipy gives, in nats', () => {
    // scipy 1.17.1: spatial.distance.jensenshannon([.5, .3, .2, 0], [.2, .3, .3, .2])
    expect(jensenShannon([0.5, 0.3, 0.2, 0], [0.2, 0.3, 0.3, 0.2])).toBeCloseTo(
      0.3279569386898341,
      12,
    );
  });

  it('is zero for equal distributions and √ln 2 for those with nothing in common', () => {
    expect(jensenShannon([0.5, 0.5], [0.5, 0.5])).toBe(0);
    expect(jensenShannon([1, 0], [0, 1])).toBeCloseTo(Math.sqrt(Math.LN2), 12);
  });

  it('fails on other bins', () => {
    expect(() => jensenShannon([1], [0.5, 0.5])).toThrow('reference has 1 bins and current 2');
  });
});
