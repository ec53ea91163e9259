import { expect, it } from 'vitest';
import { defineModel } from '../../../core/model/index.ts';
import type { Step } from '../../../core/pipeline/plan.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner } from '../../fakes/step-runner.ts';

const definition = defineModel({
  ...parcelDeclaration,
  trainer: {
    ...parcelDeclaration.trainer,
    search: { leaves: [3, 7, 15], learningRate: [0.01, 0.1, 0.3] },
    candidates: 9,
    searchBy: 'halving',
  },
});

it('gives up candidates early, and ends with one that learned from all rows', async () => {
  const runner = createStepRunner();
  await inScratchFolder((scratch) =>
    putParcels(runner.objects, scratch, { from: '2001-01-01', days: 11, rowsADay: 300 }),
  );
  const chain: [Step, number][] = [
    ['prepare', 1],
    ['train', 9],
    ['train-2', 3],
    ['train-3', 1],
    ['evaluate', 1],
    ['register', 1],
    ['promote', 1],
  ];
  for (const [step, children] of chain) {
    for (let candidate = 0; candidate < children; candidate++) {
      expect(await runner.run(step, { definition, candidate })).toBe(0);
    }
  }

  const run = await createRuns(runner.facts).getRun({ model: 'late-parcel', runId: 'run-1' });
  expect(run.status).toBe('finished');
  const shares = run.candidates.map(({ metrics }) => metrics['shareOfRows']);
  // Six of nine learned from a ninth of the rows, two more from a third, and one from all.
  expect(shares.filter((share) => share === 1)).toHaveLength(1);
  expect(shares.filter((share) => share === 1 / 3)).toHaveLength(2);
  expect(shares.filter((share) => share === 1 / 9)).toHaveLength(6);
  const last = run.candidates.find(({ metrics }) => metrics['shareOfRows'] === 1);
  expect(run.tags['candidate']).toBe(String(last?.candidate));
  expect((await createRegistry(runner.facts).championOf('late-parcel')).version).toBe(1);
  expect(run.steps['train-2']).toMatchObject({ status: 'finished', note: '3 candidates' });
});
