import { describe, expect, it } from 'vitest';
import { readDays } from '../../../../core/backtest/days.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { profileNumbers, profileOf } from '../../../../core/data/profile.ts';
import { readColumns } from '../../../../core/data/read.ts';
import { defineModel, type ModelDefinition } from '../../../../core/model/index.ts';
import { signatureOf } from '../../../../core/model/signature.ts';
import { parcelDeclaration, parcels } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2001-01-01T00:00:00Z');

/** Four days of a hundred rows; the target is what the day's row says. */
const ROWS = `
  select (i % 50)::float as weight, 'A' as depot, sent, sent as _time, (i % 2)::double as _target
  from (select i, ${START}.0 + i * ${DAY_MS / 100}.0 as sent from range(400) as rows(i))`;

/** A version whose output is a function of a row's weight. */
async function days(definition: ModelDefinition, output: (weight: number) => number[], from = 1) {
  const scratch = await scratchFolder();
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
    await connection.run(`create table rows as ${ROWS}`);
    const { columns } = await readColumns(connection, {
      features: definition.features,
      from: 'rows',
    });
    const classes =
      definition.target.kind === 'multiclass' ? { classes: definition.target.classes } : {};
    const session = {
      signature: { ...signatureOf(definition), ...classes },
      run: async ({ numbers }: { readonly numbers: Float32Array }) =>
        Float32Array.from([...numbers].flatMap(output)),
    };
    const profile = {
      model: definition.name,
      runId: 'run-1',
      ...profileOf(columns, definition),
      predictions: profileNumbers(Float64Array.of(0, 1)),
      metrics: {},
    };
    return readDays(connection, definition, [
      { version: 1, profile, from: new Date(START + from * DAY_MS), session, vcpuSeconds: 1 },
    ]);
  });
}

describe('readDays', () => {
  it('leaves out the days that no version had not seen', async () => {
    const found = await days(parcels, (weight) => [weight % 2]);
    expect(found.map(({ at }) => at.toISOString().slice(0, 10))).toEqual([
      '2001-01-02',
      '2001-01-03',
      '2001-01-04',
    ]);
    // odd weights are the positive rows, so that the version ranks without error
    expect(found[0]?.byVersion.get(1)).toMatchObject({ rows: 100, performance: { value: 1 } });
  });

  it('judges values and classes by what their records would tell', async () => {
    const regression = defineModel({
      ...parcelDeclaration,
      target: { kind: 'regression', column: 'days_late' },
      gate: { metric: 'mae', beatBaselineBy: 0 },
      monitors: {},
    });
    const [value] = await days(regression, (weight) => [(weight % 2) + 0.25], 3);
    expect(value?.byVersion.get(1)?.performance).toMatchObject({ metric: 'mae', value: 0.25 });
    const multiclass = defineModel({
      ...parcelDeclaration,
      target: { kind: 'multiclass', column: 'days_late', classes: ['0', '1'] },
      gate: { metric: 'accuracy', beatBaselineBy: 0 },
      monitors: {},
    });
    const [classes] = await days(multiclass, () => [0.75, 0.25], 3);
    expect(classes?.byVersion.get(1)?.performance).toMatchObject({
      metric: 'accuracy',
      value: 0.5,
    });
  });
});
