import { expect, it } from 'vitest';
import { loadFlights } from '../../../bench/flights.ts';
import { toInputBatch } from '../../../core/data/columns.ts';
import { openSession } from '../../../core/onnx/session.ts';
import { gradientBoostedTrees } from '../../../core/train/gradient-boosted-trees.ts';
import { auc } from '../../../core/train/metrics/auc.ts';
import { model } from '../../../models/flight-delay/model.ts';

it('late flights of May are told from the others by a file trained on January to April', async () => {
  const training = await loadFlights({ from: '2001-01-01', to: '2001-05-01', every: 4 });
  const may = await loadFlights({ from: '2001-05-01', to: '2001-06-01', every: 10 });

  const fitted = await gradientBoostedTrees.fit({
    task: model,
    training,
    parameters: { trees: 40, leaves: 255, learningRate: 0.3, minimumRowsInLeaf: 50 },
    seed: 17,
  });
  const session = await openSession(fitted.toOnnx());
  const probabilities = await session.run(toInputBatch(may, session.signature));

  expect(auc(may.target, probabilities)).toBeGreaterThanOrEqual(0.72);
  await session.release();
});
