import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countRows, readRows, type ReplayRows } from '../../../../cli/replay/rows.ts';
import { findSource, type SourceChoice } from '../../../../cli/replay/source.ts';
import { withDuckDb, type DuckDBConnection } from '../../../../core/data/duckdb.ts';
import { category, defineModel, number, timestamp } from '../../../../core/model/index.ts';

const model = defineModel({
  name: 'parcels',
  problem: { statement: 'late?', decision: 'call', owner: 'o@example.com' },
  data: { time: 'sent', format: 'csv' },
  target: { kind: 'binary', column: 'hours', atLeast: 48 },
  features: {
    sent: timestamp({ description: 'When it was sent' }),
    weight: number({ description: 'Weight', unit: 'kg' }),
    depot: category({ description: 'Where from' }),
  },
  trainer: { algorithm: 'linear' },
  split: { trainingDays: 10, holdoutDays: 5 },
  gate: { metric: 'auc', beatBaselineBy: 0 },
  serving: { entity: 'depot', stream: {} },
});

const PARCELS = `sent,weight,depot,hours,delivered
2001-03-01T23:30:00Z,2,B,50,2001-03-04T01:30:00Z
2001-03-01T08:00:00Z,1,A,20,2001-03-02T04:00:00Z
2001-02-28T12:00:00Z,,A,70,2001-03-03T10:00:00Z
2001-03-02T09:00:00Z,4,,,
`;

const at = (time: string): number => Date.parse(`${time}Z`);
const SPAN = { from: at('2001-02-28T00:00:00'), to: at('2001-03-03T00:00:00') };

describe('the rows of a replay', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-rows-'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'parcels.csv'), PARCELS);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const reading = <Result>(
    work: (rows: ReplayRows, connection: DuckDBConnection) => Promise<Result>,
    known: NonNullable<SourceChoice['known']> = { column: 'delivered' },
  ): Promise<Result> =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch: folder }, async (connection) => {
      const source = findSource(model, { data: join(folder, 'data'), known });
      return work(
        await readRows(connection, { model, source, ...SPAN, share: 1, seed: 1 }),
        connection,
      );
    });

  it('arrive as events in order of time, as a caller would send them', async () => {
    const events = await reading((rows) =>
      rows.events({ from: SPAN.from, to: at('2001-03-02T00:00:00') }),
    );

    expect(events.map(({ partitionKey }) => partitionKey)).toEqual(['A', 'A', 'B']);
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      { id: 'row-0000000', sent: '2001-02-28T12:00:00.000Z', weight: null, depot: 'A' },
      { id: 'row-0000001', sent: '2001-03-01T08:00:00.000Z', weight: 1, depot: 'A' },
      { id: 'row-0000002', sent: '2001-03-01T23:30:00.000Z', weight: 2, depot: 'B' },
    ]);
  });

  it('give their labels when those are known, and only those of events', async () => {
    const all = { from: SPAN.from, to: at('2001-03-10T00:00:00') };
    const [early, late, ofEvents] = await reading(async (rows) => [
      await rows.labels({ from: SPAN.from, to: at('2001-03-02T04:00:00') }, SPAN.from),
      await rows.labels({ from: at('2001-03-02T04:00:00'), to: all.to }, SPAN.from),
      await rows.labels(all, at('2001-03-01T00:00:00')),
    ]);

    expect(early).toEqual([]);
    expect(late?.map(({ hours }) => hours)).toEqual([70, 20, 50]);
    expect(ofEvents?.map(({ id }) => id)).toEqual(['row-0000001', 'row-0000002']);
  });

  it('know their labels some time after they arrived, where that is said', async () => {
    const labels = await reading(
      (rows) => rows.labels({ from: SPAN.from, to: at('2001-02-28T18:00:01') }, SPAN.from),
      { afterMs: 6 * 3_600_000 },
    );

    expect(labels).toEqual([{ id: 'row-0000000', hours: 70 }]);
  });

  it('become files of a day, complete when the last label of the day is known', async () => {
    const [days, text] = await reading(
      async (rows) =>
        [
          await rows.days(),
          readFileSync(await rows.writeDay('2001-03-01', folder), 'utf8'),
        ] as const,
    );

    expect(days).toEqual([
      { day: '2001-02-28', knownAt: at('2001-03-03T10:00:00') },
      { day: '2001-03-01', knownAt: at('2001-03-04T01:30:00') },
    ]);
    expect(text.trim().split('\n')).toEqual([
      'sent,weight,depot,hours',
      '2001-03-01 08:00:00,1.0,A,20.0',
      '2001-03-01 23:30:00,2.0,B,50.0',
    ]);
  });

  it('are thinned by the seed: as many, and others', async () => {
    const lines = Array.from({ length: 800 }, (_, row) => `2001-03-01T08:00:00Z,${row},A,1,`);
    writeFileSync(
      join(folder, 'data', 'parcels.csv'),
      `sent,weight,depot,hours,delivered\n${lines.join('\n')}\n`,
    );
    const source = findSource(model, { data: join(folder, 'data') });
    const weightsOf = (seed: number): Promise<string[]> =>
      withDuckDb({ memoryMiB: 256, threads: 1, scratch: folder }, async (connection) => {
        expect(await countRows(connection, { model, source, ...SPAN })).toBe(800);
        const rows = await readRows(connection, { model, source, ...SPAN, share: 0.25, seed });
        return (await rows.events(SPAN)).map(({ data }) => data);
      });

    const [one, again, other] = [await weightsOf(1), await weightsOf(1), await weightsOf(2)];

    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    for (const { length } of [one, other]) expect(Math.abs(length - 200)).toBeLessThan(30);
  });

  it('fail where the place holds no data of the declared format', () => {
    rmSync(join(folder, 'data', 'parcels.csv'));

    expect(() => findSource(model, { data: join(folder, 'data') })).toThrow(/holds no csv files; /);
    expect(() => findSource(model, { data: join(folder, 'none') })).toThrow(/no file or folder/);
    expect(() => findSource(model, {})).toThrow("no data ships with model 'parcels'");
  });
});
