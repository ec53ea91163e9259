import { describe, expect, it } from 'vitest';
import { calibrationBins } from '../../../../../core/train/metrics/calibration.ts';
import { qualityOf } from '../../../../../core/train/metrics/quality.ts';

describe('qualityOf', () => {
  it('measures probabilities', () => {
    // by hand: -(ln 0.9 + ln 0.8 + ln 0.4) / 3, (0.01 + 0.04 + 0.36) / 3, and 2 of 2 pairs
    const quality = qualityOf('binary', [1, 0, 1], [0.9, 0.2, 0.4]);

    expect(quality['log-loss']).toBeCloseTo(0.4149316, 6);
    expect(quality.brier).toBeCloseTo(0.1366667, 6);
    expect(quality.auc).toBe(1);
  });

  it('keeps the loss of one certain mistake finite', () => {
    // -ln(1e-15) / 2
    expect(qualityOf('binary', [1, 0], [0, 0])['log-loss']).toBeCloseTo(17.269388, 5);
  });

  it('measures values', () => {
    // errors 1, -2, 2: mean of squares 3, mean of sizes 5/3
    const quality = qualityOf('regression', [1, 2, 3], [2, 0, 5]);

    expect(quality.rmse).toBeCloseTo(Math.sqrt(3), 12);
    expect(quality.mae).toBeCloseTo(5 / 3, 12);
  });
});

describe('calibrationBins', () => {
  it('says how often each predicted probability came true', () => {
    const bins = calibrationBins([0, 1, 1, 1], [0.1, 0.3, 0.8, 1], 2);

    expect(bins).toEqual([
      { rows: 2, predicted: 0.2, observed: 0.5 },
      { rows: 2, predicted: 0.9, observed: 1 },
    ]);
  });

  it('leaves out bins without rows', () => {
    expect(calibrationBins([1], [0.95], 10)).toEqual([{ rows: 1, predicted: 0.95, observed: 1 }]);
  });
});
