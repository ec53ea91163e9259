import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../../../core/data/checks/check.ts';
import {
  errorsOf,
  runChecks,
  told,
  unreadableResults,
} from '../../../../../core/data/checks/run-checks.ts';
import { withDuckDb } from '../../../../../core/data/duckdb.ts';
import {
  category,
  defineModel,
  number,
  timestamp,
  type ModelDeclaration,
} from '../../../../../core/model/index.ts';
import { parcelDeclaration } from '../../../../fakes/parcels.ts';
import { scratchFolder } from '../../../../fakes/scratch.ts';

const DAY = 86_400_000;
const split = {
  trainingFrom: new Date(0),
  validationFrom: new Date(8 * DAY),
  holdoutFrom: new Date(9 * DAY),
  to: new Date(10 * DAY),
};

const features = {
  sent: timestamp({ description: 'When it was sent' }),
  closed: timestamp({ description: 'When it was closed' }),
  weight: number({ description: 'Of the parcel', minimum: 0, maximum: 50 }),
  depot: category({ description: 'Where it was sent', values: ['A', 'B'] }),
};

/** A hundred rows, ten a day, of which `change` is SQL that spoils some. */
async function check(
  change: string,
  checks: ModelDeclaration['checks'] = {},
): Promise<CheckResult[]> {
  const definition = defineModel({ ...parcelDeclaration, features, checks });
  const scratch = await scratchFolder();
  return withDuckDb({ memoryMiB: 128, threads: 1, scratch }, async (connection) => {
    await connection.run(`
      create table rows as select (i * ${DAY / 10})::double as _time, _time as sent,
        _time as closed, (i % 50)::float as weight, chr(65 + (i % 2)::int) as depot,
        (i % 3 = 0)::int::double as _target, 'part-0' as _key, i as _row from range(100) as t(i)`);
    if (change !== '') await connection.run(change);
    return runChecks(connection, definition, split);
  });
}

const failedOf = (results: readonly CheckResult[]) => results.filter(({ passed }) => !passed);

describe('runChecks', () => {
  it('finds nothing wrong with data that is as declared', async () => {
    const results = await check('');
    expect(failedOf(results)).toEqual([]);
    expect(results.map(({ check: name }) => name)).toEqual([
      'missing',
      'missing',
      'missing',
      'missing',
      'ranges',
      'allowed-values',
      'duplicates',
      'overlap',
    ]);
  });

  it('names the column that is mostly empty, and where', async () => {
    const [found] = failedOf(await check('update rows set weight = null where _row >= 40'));
    expect(found).toMatchObject({
      check: 'missing',
      column: 'weight',
      severity: 'warning',
      measured: 0.6,
      message:
        "60 of 100 rows (60.00 %) have no 'weight': row 40 of 'part-0', row 41 of 'part-0', row 42 of 'part-0'",
    });
  });

  it('shows the values outside of the range, the most frequent first', async () => {
    const [found] = failedOf(
      await check('update rows set weight = case when _row < 3 then 99 else -1 end where _row < 5'),
    );
    expect(found).toMatchObject({
      check: 'ranges',
      column: 'weight',
      examples: ["'99' (3 rows)", "'-1' (2 rows)"],
    });
  });

  it('makes an error of one category that is not allowed', async () => {
    const found = failedOf(await check("update rows set depot = 'Z' where _row = 7"));
    expect(errorsOf(found)).toHaveLength(1);
    expect(told(found)).toBe(
      "allowed-values: 1 of 100 rows (1.00 %) have a 'depot' that the declaration does not allow: " +
        "'Z' (1 rows). Correct the data, or change 'checks' in the declaration",
    );
  });

  it('counts the copies of rows', async () => {
    const [found] = failedOf(await check('insert into rows select * from rows where _row < 10'));
    expect(found).toMatchObject({ check: 'duplicates', measured: 10 / 110 });
    expect(found?.examples[0]).toBe("row 0 of 'part-0' (2 times)");
  });

  it('finds a time in the training rows that lies in the holdout', async () => {
    const found = failedOf(await check(`update rows set closed = ${9.5 * DAY} where _row = 3`));
    expect(found).toEqual([
      expect.objectContaining({
        check: 'overlap',
        column: 'closed',
        examples: ["1970-01-10T12:00:00.000Z in row 3 of 'part-0'"],
      }),
    ]);
  });

  it('looks only at rows of the split', async () => {
    expect(
      failedOf(await check(`update rows set _time = -1, weight = -5 where _row < 30`)),
    ).toEqual([]);
  });

  it('is as serious as the declaration says', async () => {
    const spoil = 'update rows set weight = null where _row < 20';
    const strict = { missing: { severity: 'error', maximumShare: 0.1 } } as const;
    expect(errorsOf(await check(spoil, strict))).toHaveLength(1);
    expect(errorsOf(await check(spoil))).toEqual([]);
    const off = await check(spoil, { missing: { severity: 'off', maximumShare: 0.1 } });
    expect(off.filter(({ check: name }) => name === 'missing')).toEqual([]);
  });
});

describe('unreadableResults', () => {
  it('has one finding for each column that did not read as declared', () => {
    const definition = defineModel({
      ...parcelDeclaration,
      checks: { schema: { severity: 'warning' } },
    });
    expect(unreadableResults([], definition)).toMatchObject([{ check: 'schema', passed: true }]);
    expect(unreadableResults(['column a'], definition)).toMatchObject([
      { check: 'schema', passed: false, severity: 'warning', message: 'column a' },
    ]);
  });
});
