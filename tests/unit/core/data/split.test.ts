import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { splitRows, splitTimes } from '../../../../core/data/split.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const asOf = new Date('2001-05-01T00:00:00Z');

async function split(times: readonly string[]) {
  const values = times.map((time) => `(${Date.parse(time)}::double)`).join(', ');
  return withDuckDb(
    { memoryMiB: 64, threads: 1, scratch: await scratchFolder() },
    async (connection) => {
      await connection.run(`create table rows as select * from (values ${values}) as rows(_time)`);
      return splitRows(connection, { trainingDays: 20, holdoutDays: 5 }, asOf);
    },
  );
}

describe('splitTimes', () => {
  it('counts whole days back from just after the newest row', () => {
    const newest = new Date('2001-04-30T11:59:59.999Z');
    expect(splitTimes({ trainingDays: 20, holdoutDays: 5 }, newest)).toEqual({
      trainingFrom: new Date('2001-04-05T12:00:00Z'),
      validationFrom: new Date('2001-04-23T12:00:00Z'),
      holdoutFrom: new Date('2001-04-25T12:00:00Z'),
      to: new Date('2001-04-30T12:00:00Z'),
    });
  });
});

describe('splitRows', () => {
  it('counts the rows of each part, the newest among the holdout', async () => {
    const { counts } = await split([
      '2001-03-01T00:00:00Z',
      '2001-04-10T00:00:00Z',
      '2001-04-24T00:00:00Z',
      '2001-04-30T00:00:00Z',
    ]);
    // the first is older than 25 days; validation is the last tenth of 20 days
    expect(counts).toEqual({ training: 2, validation: 1, holdout: 1 });
  });

  it('fails when data does not reach back far enough, and says what there is', async () => {
    await expect(split(['2001-04-29T00:00:00Z', '2001-04-30T00:00:00Z'])).rejects.toThrow(
      'the training part of the split is empty: there are rows from 2001-04-29T00:00:00.000Z to ' +
        '2001-04-30T00:00:00.000Z, and 20 days of training and 5 of holdout are declared',
    );
  });

  it('fails without rows', async () => {
    await expect(
      withDuckDb(
        { memoryMiB: 64, threads: 1, scratch: await scratchFolder() },
        async (connection) => {
          await connection.run('create table rows (_time double)');
          return splitRows(connection, { trainingDays: 20, holdoutDays: 5 }, asOf);
        },
      ),
    ).rejects.toThrow('there are no rows with a target from before 2001-05-01T00:00:00.000Z');
  });
});
