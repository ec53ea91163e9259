import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { type Changed, splitRows, splitTimes } from '../../../../core/data/split.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const asOf = new Date('2001-05-01T00:00:00Z');

async function split(times: readonly string[], changed?: Changed) {
  const values = times.map((time) => `(${Date.parse(time)}::double)`).join(', ');
  return withDuckDb(
    { memoryMiB: 64, threads: 1, scratch: await scratchFolder() },
    async (connection) => {
      await connection.run(`create table rows as select * from (values ${values}) as rows(_time)`);
      return splitRows(connection, { trainingDays: 20, holdoutDays: 5 }, asOf, changed);
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

describe('splitTimes after a change', () => {
  const newest = new Date('2001-04-30T23:59:59.999Z');
  const behind = (since: string) =>
    splitTimes({ trainingDays: 20, holdoutDays: 5 }, newest, new Date(since));

  it('judges by the newer half of what came since, and learns from the older one', () => {
    expect(behind('2001-04-27T00:00:00Z')).toEqual({
      trainingFrom: new Date('2001-04-09T00:00:00Z'),
      // three quarters of the two days that are learned from
      validationFrom: new Date('2001-04-28T12:00:00Z'),
      holdoutFrom: new Date('2001-04-29T00:00:00Z'),
      to: new Date('2001-05-01T00:00:00Z'),
      declinedFrom: new Date('2001-04-27T00:00:00Z'),
    });
  });

  it('judges by no more than is declared', () => {
    const { holdoutFrom, validationFrom } = behind('2001-04-11T00:00:00Z');
    expect(holdoutFrom).toEqual(new Date('2001-04-26T00:00:00Z'));
    // a tenth of the training days, which is less than a quarter of fifteen
    expect(validationFrom).toEqual(new Date('2001-04-24T00:00:00Z'));
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

  describe('after a change', () => {
    const days = ['08', '20', '25', '26', '27', '28', '29', '30'];
    const times = [...days.map((day) => `2001-04-${day}T00:00:00Z`), '2001-04-28T06:00:00Z'];
    const behind = (day: string, rows: number) =>
      split(times, { since: new Date(`2001-${day}T00:00:00Z`), rows });

    it('counts what came since, and judges by half of it', async () => {
      const { times: found, counts } = await behind('04-27', 2);
      expect(found.declinedFrom).toEqual(new Date('2001-04-27T00:00:00Z'));
      // the 29th and the 30th; the morning of the 28th chooses
      expect(counts).toMatchObject({ holdout: 2, validation: 1 });
    });

    it.each([
      { why: 'too little came since', day: '04-27', rows: 3 },
      { why: 'it is older than what is learned from', day: '03-01', rows: 1 },
      { why: 'nothing came since', day: '06-01', rows: 0 },
    ])('is as usual where $why', async ({ day, rows }) => {
      expect(await behind(day, rows)).toEqual(await split(times));
    });
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
