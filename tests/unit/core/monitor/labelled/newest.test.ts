import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../../core/data/duckdb.ts';
import { newestLabelled } from '../../../../../core/monitor/labelled/newest.ts';
import { openWindow, windowBefore } from '../../../../../core/monitor/window.ts';
import { memoryObjects } from '../../../../fakes/memory-objects.ts';
import { parcels } from '../../../../fakes/parcels.ts';
import { scratchFolder } from '../../../../fakes/scratch.ts';

const asOf = new Date('2001-01-10T00:00:00Z');
const HOUR_MS = 3_600_000;

interface Parcel {
  readonly daysAgo: number;
  readonly rows: number;
  /** Rows whose label is in, the hours after which it came. */
  readonly labelled: number;
  readonly after?: number;
  readonly version?: number;
}

const lines = (count: number, of: (row: number) => object): string =>
  Array.from({ length: count }, (_, row) => JSON.stringify(of(row))).join('\n');

async function look(days: readonly Parcel[], performance = {}) {
  const objects = memoryObjects();
  for (const [at, { daysAgo, rows, labelled, after = 1, version = 1 }] of days.entries()) {
    const made = new Date(asOf.getTime() - (daysAgo * 24 - 12) * HOUR_MS);
    const came = new Date(made.getTime() + after * HOUR_MS);
    const place = (area: string, moment: Date): string =>
      `${area}/late-parcel/dt=${moment.toISOString().slice(0, 10)}/${at}.jsonl`;
    await objects.put(
      place('predictions', made),
      lines(rows, (row) => ({
        id: `${at}-${row}`,
        version,
        at: made.toISOString(),
        features: { depot: row % 2 === 0 ? 'A' : 'B' },
        prediction: 1,
        probability: 0.5 + row / 1000,
      })),
    );
    await objects.put(
      place('labels', came),
      lines(labelled, (row) => ({ id: `${at}-${row}`, at: came.toISOString(), label: row % 2 })),
    );
  }
  const definition = {
    ...parcels,
    monitors: {
      ...parcels.monitors,
      performance: { ...parcels.monitors.performance, ...performance },
    },
  };
  const folder = await scratchFolder();
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch: folder }, async (connection) => {
    const window = windowBefore(asOf, 24);
    const current = await openWindow(connection, objects, definition, {
      window,
      folder,
      name: 'current',
    });
    return newestLabelled({
      connection,
      objects,
      definition,
      version: 1,
      asOf,
      hours: 24,
      folder,
      current,
      baseline: { by: ['depot'], overall: 0.5, groups: { A: 0.25 } },
    });
  });
}

describe('newestLabelled', () => {
  it('takes the window itself where its labels are in', async () => {
    const { coverage, labelled, arrived } = await look([{ daysAgo: 1, rows: 120, labelled: 110 }]);
    expect(coverage).toMatchObject([{ predictions: 120, labelled: 110 }]);
    expect(arrived.ids).toBe(110);
    expect(labelled.rows.labels).toHaveLength(110);
    expect(labelled.baseline?.outputs.slice(0, 2)).toEqual(Float64Array.of(0.25, 0.5));
    expect(labelled.slices.map(({ value, rows }) => [value, rows.labels.length])).toEqual([
      ['A', 55],
      ['B', 55],
    ]);
  });

  it('goes back to the newest window with labels enough, and tells what it passed', async () => {
    const { coverage } = await look([
      { daysAgo: 1, rows: 120, labelled: 0 },
      { daysAgo: 2, rows: 120, labelled: 40 },
      { daysAgo: 3, rows: 120, labelled: 120 },
      { daysAgo: 4, rows: 120, labelled: 120 },
    ]);
    expect(coverage.map(({ labelled }) => labelled)).toEqual([0, 40, 120]);
    expect(coverage.at(-1)?.to).toBe('2001-01-08T00:00:00.000Z');
  });

  it('leaves out labels that came after the as-of', async () => {
    const { coverage, labelled } = await look([
      { daysAgo: 1, rows: 120, labelled: 120, after: 13 },
      { daysAgo: 2, rows: 120, labelled: 30 },
    ]);
    expect(coverage.map(({ labelled: count }) => count)).toEqual([0, 30]);
    expect(labelled.rows.labels).toHaveLength(30);
  });

  it('judges windows of few predictions together, as far back as it takes', async () => {
    const days = Array.from({ length: 12 }, (_, at) => ({
      daysAgo: at + 1,
      rows: 12,
      labelled: 12,
    }));
    const { coverage, labelled } = await look(days, { lookBack: 2 });
    // 100 labels are needed, so nine days of twelve
    expect(coverage.map(({ labelled: count }) => count)).toEqual([...Array(9).fill(12), 108]);
    expect(coverage.at(-1)).toMatchObject({
      from: '2001-01-01T00:00:00.000Z',
      to: '2001-01-10T00:00:00.000Z',
    });
    expect(labelled.rows.labels).toHaveLength(108);
  });

  it('ends such a window where labels do, so that it is the same while they stay away', async () => {
    const { coverage } = await look(
      [1, 2, 3, 4].map((daysAgo) => ({ daysAgo, rows: 60, labelled: daysAgo > 2 ? 60 : 0 })),
      { lookBack: 3 },
    );
    expect(coverage.at(-1)).toMatchObject({ to: '2001-01-08T00:00:00.000Z', labelled: 120 });
  });

  it('begins before the delay that is declared', async () => {
    const { coverage } = await look(
      [
        { daysAgo: 1, rows: 120, labelled: 120 },
        { daysAgo: 2, rows: 110, labelled: 105 },
      ],
      { delayHours: 24 },
    );
    expect(coverage).toMatchObject([{ to: '2001-01-09T00:00:00.000Z', labelled: 105 }]);
  });

  it('counts the predictions of the version alone', async () => {
    const { coverage } = await look([
      { daysAgo: 1, rows: 120, labelled: 120, version: 2 },
      { daysAgo: 1, rows: 130, labelled: 125 },
    ]);
    expect(coverage).toMatchObject([{ predictions: 130, labelled: 125 }]);
  });

  it('is empty where there are neither predictions nor labels', async () => {
    const { coverage, labelled } = await look([], { lookBack: 1 });
    expect(coverage).toMatchObject([{ predictions: 0, labelled: 0 }]);
    expect(labelled.rows.labels).toHaveLength(0);
  });
});
