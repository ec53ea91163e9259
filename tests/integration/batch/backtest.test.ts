import { describe, expect, it } from 'vitest';
import { type Backtest, backtest } from '../../../core/backtest/backtest.ts';
import { cellsOf, HEAD, renderBacktest } from '../../../core/backtest/page.ts';
import { defineModel } from '../../../core/model/index.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder, scratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner } from '../../fakes/step-runner.ts';

const definition = defineModel({
  ...parcelDeclaration,
  trainer: { ...parcelDeclaration.trainer, candidates: 1 },
});

async function play(from: string, to: string): Promise<Backtest> {
  const runner = createStepRunner();
  const { objects, facts } = runner;
  await inScratchFolder((scratch) =>
    putParcels(objects, scratch, { from: '2001-01-01', days: 16, rowsADay: 300 }),
  );
  // Learns from what was before 12 January.
  for (const step of ['prepare', 'train', 'evaluate', 'register'] as const) {
    await runner.run(step, { definition });
  }
  const stores = { objects, registry: createRegistry(facts), runs: createRuns(facts) };
  return backtest(stores, definition, {
    from: new Date(from),
    to: new Date(to),
    sample: 1,
    folder: await scratchFolder(),
  });
}

describe('backtest', () => {
  it('scores the days that a version had not seen, and plays every policy over them', async () => {
    const found = await play('2001-01-10', '2001-01-17');

    expect(found.days.map(({ at }) => at.toISOString().slice(0, 10))).toEqual([
      '2001-01-12',
      '2001-01-13',
      '2001-01-14',
      '2001-01-15',
      '2001-01-16',
    ]);
    expect(found.days[0]?.byVersion.get(1)).toMatchObject({ rows: 300 });
    const never = found.outcomes.find(({ policy }) => policy.signal === 'never');
    // the rule of the parcels stays as it was
    expect(never).toMatchObject({ alarms: 0, retrains: 0, declines: 0 });
    expect(never?.metric).toBeGreaterThan(0.7);
    expect(cellsOf(found.outcomes[0]!)).toHaveLength(HEAD.length);
    const page = renderBacktest(found);
    expect(page).toContain('late-parcel: when to ring, and when to train');
    expect(page).not.toMatch(/https?:|<script|<link/);
  });

  it('fails with what to do where no version had not seen the days', async () => {
    await expect(play('2001-01-02', '2001-01-05')).rejects.toThrow(
      'no day from 2001-01-02 to 2001-01-04 has data and a version that had not seen it; train',
    );
  });
});
