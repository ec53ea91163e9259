import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../../../../core/monitor/labelled/calibration.ts';

const Y = Float64Array.of(0, 0, 1, 1, 0, 1, 1, 0, 1, 0);
const A = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.2, 0.7, 0.9, 0.6, 0.4, 0.3);

describe('calibrationOf', () => {
  it('finds slope and intercept of a logistic regression on the logit', () => {
    // scipy 1.17.1: optimize.minimize of the negative log likelihood over (intercept, slope)
    const found = calibrationOf(Y, A);
    expect(found?.intercept).toBeCloseTo(0.26044824, 6);
    expect(found?.slope).toBeCloseTo(1.57928058, 6);
  });

  it('weighs the distances of bins by their rows', () => {
    // two rows of 0.25, one positive: off by 0.25; two of 0.75, both positive: off by 0.25
    const found = calibrationOf(
      Float64Array.of(0, 1, 1, 1),
      Float64Array.of(0.25, 0.25, 0.75, 0.75),
    );
    expect(found?.error).toBeCloseTo(0.25, 12);
  });

  it('keeps slope and intercept where all probabilities are alike', () => {
    expect(calibrationOf(Float64Array.of(0, 1), Float64Array.of(0.5, 0.5))).toMatchObject({
      slope: 1,
      intercept: 0,
    });
  });

  it('tells nothing where labels are all the same', () => {
    expect(calibrationOf(Float64Array.of(1, 1), Float64Array.of(0.5, 0.6))).toBeUndefined();
    expect(calibrationOf(Float64Array.of(), Float64Array.of())).toBeUndefined();
  });
});
