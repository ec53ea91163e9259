import { expect, it } from 'vitest';
import { calibrated, fitCalibration } from '../../../../core/train/calibrate.ts';
import { chance, table } from './tables.ts';

const ROWS = 20_000;

/** Scores twice as sure of themselves as the truth allows. */
function overconfident() {
  const truth = Float64Array.from({ length: ROWS }, (_, row) => 6 * chance(row, 1) - 3);
  const target = Float64Array.from(truth, (score, row) =>
    Number(chance(row, 2) < 1 / (1 + Math.exp(-score))),
  );
  return { scores: truth.map((score) => 2 * score), target };
}

it.each(['isotonic', 'sigmoid'] as const)('%s takes overconfidence back', (calibration) => {
  const { scores, target } = overconfident();
  const task = {
    name: 'test',
    features: {},
    derived: {},
    target: { kind: 'binary', column: 'y', atLeast: 1, threshold: 0.5, calibration },
  } as const;

  const fitted = fitCalibration(task, table(ROWS, { target }), () => scores);

  const probes = Float64Array.of(-5, -2, 0, 2, 5);
  const corrected = calibrated(probes, fitted);
  for (const [at, score] of probes.entries()) {
    expect(Math.abs(corrected[at]! - 1 / (1 + Math.exp(-score / 2)))).toBeLessThan(0.03);
  }
  expect(corrected).toEqual(corrected.toSorted());
});
