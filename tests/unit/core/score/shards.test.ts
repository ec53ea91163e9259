import { describe, expect, it } from 'vitest';
import { divide, MOST_SHARDS, slicesOf, type Slice } from '../../../../core/score/shards.ts';

function slices(rows: readonly number[], partition = 'dt=2001-05-01'): Slice[] {
  const object = { key: `datasets/m/${partition}/a.parquet`, size: 1000, etag: 'e' };
  return slicesOf(object, partition, {
    from: 900,
    groups: rows.map((count, at) => ({ rows: count, from: 4 + at * 10, to: 14 + at * 10 })),
  });
}

const rowsOf = (shards: ReturnType<typeof divide>): number[][] =>
  shards.map((shard) => shard.slices.map(({ group }) => group?.rows ?? 0));

describe('shards', () => {
  it('hold whole row groups up to their size', () => {
    const shards = divide(slices([40, 40, 40, 200, 10]), { rows: 100, bytes: 1e9 });
    expect(rowsOf(shards)).toEqual([[40, 40], [40], [200], [10]]);
  });

  it('know where in its object each row group lies', () => {
    expect(slices([40, 60])[1]?.group).toEqual({
      fromRow: 40,
      rows: 60,
      from: 14,
      to: 24,
      footer: 900,
    });
  });

  it('never mix partitions', () => {
    const two = [...slices([1]), ...slices([1], 'dt=2001-05-02')];
    expect(divide(two, { rows: 100, bytes: 1e9 }).map(({ partition }) => partition)).toEqual([
      'dt=2001-05-01',
      'dt=2001-05-02',
    ]);
  });

  it('hold text files by their bytes', () => {
    const files = [60, 60, 300].map((size, at) => ({
      key: `datasets/m/${at}.csv`,
      size,
      etag: 'e',
      partition: '',
    }));
    const shards = divide(files, { rows: 1, bytes: 150 });
    expect(shards.map((shard) => shard.slices.map(({ size }) => size))).toEqual([[60, 60], [300]]);
  });

  it('are larger where one array could not hold as many', () => {
    const shards = divide(slices(Array.from({ length: 3 * MOST_SHARDS }, () => 1)), {
      rows: 1,
      bytes: 1e9,
    });
    // three times as many as fit: doubled twice, each holds four
    expect(shards).toHaveLength((3 * MOST_SHARDS) / 4);
  });
});
