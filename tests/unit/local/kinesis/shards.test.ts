import { describe, expect, it } from 'vitest';
import { type ListedShard, shard, start, Streams, textsOf } from './streams.ts';

const streams = new Streams();

/** Half of all hash keys. */
const HALF = String(2n ** 127n);

const isOpen = ({ SequenceNumberRange: range }: ListedShard): boolean =>
  range.EndingSequenceNumber === undefined;

/** Whether the open shards cover all hash keys, each once; their widths in order. */
function widthsOf(shards: readonly ListedShard[]): bigint[] {
  const ranges = shards
    .filter(isOpen)
    .map(({ HashKeyRange: { StartingHashKey, EndingHashKey } }) => ({
      first: BigInt(StartingHashKey),
      last: BigInt(EndingHashKey),
    }))
    .toSorted((a, b) => (a.first < b.first ? -1 : 1));
  let next = 0n;
  for (const { first, last } of ranges) {
    expect(first).toBe(next);
    next = last + 1n;
  }
  expect(next).toBe(2n ** 128n);
  return ranges.map(({ first, last }) => last - first + 1n);
}

describe('a shard that is split', () => {
  it('is closed, and its children take what comes next', async () => {
    await streams.create('s');
    await streams.put('s', 'before', 'p');
    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: HALF };
    await streams.call('SplitShard', split);
    // md5('p') = 83878c91… by md5sum: the upper half; md5('a') = 0cc175b9…: the lower
    await streams.put('s', 'upper', 'p');
    await streams.put('s', 'lower', 'a');

    const shards = await streams.shards('s');
    expect(shards.map(isOpen)).toEqual([false, true, true]);
    expect(shards.map(({ ParentShardId }) => ParentShardId)).toEqual([
      undefined,
      shard(0),
      shard(0),
    ]);
    expect(widthsOf(shards)).toEqual([2n ** 127n, 2n ** 127n]);
    expect(await streams.texts('s', shard(1))).toEqual(['lower']);
    expect(await streams.texts('s', shard(2))).toEqual(['upper']);
  });

  it('ends for its readers, who are told of its children', async () => {
    await streams.create('s');
    const latest = await streams.iterator('s', shard(0), 'LATEST');
    await streams.put('s', 'last');
    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: HALF };
    await streams.call('SplitShard', split);

    const page = await streams.page('s', shard(0), 'TRIM_HORIZON');
    expect(textsOf(page)).toEqual(['last']);
    expect(page).not.toHaveProperty('NextShardIterator');
    expect(page.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([shard(1), shard(2)]);
    expect(textsOf(await streams.call('GetRecords', { ShardIterator: latest }))).toEqual(['last']);
  });

  it('has smaller sequence numbers than its children', async () => {
    await streams.create('s');
    const before = await streams.put('s', 'before');
    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: HALF };
    await streams.call('SplitShard', split);
    // Nothing was put to the children yet, so that only the shards tell how far numbers have come.
    streams.reopen();
    const after = await streams.put('s', 'after');

    const [parent, child] = await streams.shards('s');
    const numbers = [
      parent?.SequenceNumberRange.StartingSequenceNumber,
      before.SequenceNumber,
      parent?.SequenceNumberRange.EndingSequenceNumber,
      child?.SequenceNumberRange.StartingSequenceNumber,
      after.SequenceNumber,
    ].map((text) => BigInt(text ?? 0));
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(numbers).size).toBe(5);
  });

  it('is gone when all its records are too old', async () => {
    await streams.create('s');
    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: HALF };
    await streams.call('SplitShard', split);
    await streams.clock.advanceTo(new Date(start.getTime() + 25 * 3_600_000));

    const shards = await streams.shards('s');
    expect(shards.map(({ ShardId }) => ShardId)).toEqual([shard(1), shard(2)]);
  });

  it.each([
    { wrong: 'its first key', key: '0' },
    { wrong: 'the key after its first', key: '1' },
    { wrong: 'its last key', key: String(2n ** 128n - 1n) },
    { wrong: 'no key at all', key: String(2n ** 128n) },
  ])('fails at $wrong', async ({ key }) => {
    await streams.create('s');

    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: key };
    await expect(streams.call('SplitShard', split)).rejects.toMatchObject({
      code: 'InvalidArgumentException',
      message: expect.stringContaining(`NewStartingHashKey ${key} used in SplitShard()`),
    });
  });
});

describe('shards that are merged', () => {
  it('are closed, and one takes what comes next', async () => {
    await streams.create('s', 2);
    const merge = { StreamName: 's', ShardToMerge: shard(0), AdjacentShardToMerge: shard(1) };
    await streams.call('MergeShards', merge);
    await streams.put('s', 'after');

    const shards = await streams.shards('s');
    expect(shards.map(isOpen)).toEqual([false, false, true]);
    expect(shards[2]).toMatchObject({ ParentShardId: shard(0), AdjacentParentShardId: shard(1) });
    expect(widthsOf(shards)).toEqual([2n ** 128n]);
    expect(await streams.texts('s', shard(2))).toEqual(['after']);
  });

  it.each([
    { wrong: 'not neighbours', one: 0, other: 2, code: 'InvalidArgumentException' },
    { wrong: 'the same', one: 0, other: 0, code: 'InvalidArgumentException' },
    { wrong: 'not there', one: 0, other: 9, code: 'ResourceNotFoundException' },
  ])('fails for shards that are $wrong', async ({ one, other, code }) => {
    await streams.create('s', 3);

    const merge = { ShardToMerge: shard(one), AdjacentShardToMerge: shard(other) };
    await expect(streams.call('MergeShards', { StreamName: 's', ...merge })).rejects.toMatchObject({
      code,
    });
  });

  it('fails for a shard that is closed', async () => {
    await streams.create('s', 2);
    const merge = { StreamName: 's', ShardToMerge: shard(0), AdjacentShardToMerge: shard(1) };
    await streams.call('MergeShards', merge);

    await expect(streams.call('MergeShards', merge)).rejects.toThrow(/is closed/);
  });
});

describe('a number of shards', () => {
  it.each([
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 4, to: 3 },
    { from: 5, to: 7 },
    { from: 6, to: 3 },
  ])('is brought from $from to $to of equal width', async ({ from, to }) => {
    await streams.create('s', from);
    const update = { TargetShardCount: to, ScalingType: 'UNIFORM_SCALING' };
    const answer = await streams.call('UpdateShardCount', { StreamName: 's', ...update });

    expect(answer).toMatchObject({ CurrentShardCount: from, TargetShardCount: to });
    const widths = widthsOf(await streams.shards('s'));
    expect(widths).toHaveLength(to);
    for (const width of widths) expect(width - widths[0]!).toBeLessThan(BigInt(to));
  });

  it.each([
    { from: 2, to: 5, limit: 'over double' },
    { from: 5, to: 2, limit: 'below half' },
  ])('fails to go from $from to $to at once', async ({ from, to, limit }) => {
    await streams.create('s', from);

    const update = { TargetShardCount: to, ScalingType: 'UNIFORM_SCALING' };
    await expect(streams.call('UpdateShardCount', { StreamName: 's', ...update })).rejects.toThrow(
      limit,
    );
  });
});

describe('a list of shards', () => {
  it('comes in pages, the rest by its token alone', async () => {
    await streams.create('s', 5);
    const seen: string[] = [];
    let asked: object = { StreamName: 's' };
    for (let pages = 0; pages < 3; pages += 1) {
      const page: { Shards: ListedShard[]; NextToken?: string } = await streams.call('ListShards', {
        ...asked,
        MaxResults: 2,
      });
      seen.push(...page.Shards.map(({ ShardId }) => ShardId));
      asked = { NextToken: page.NextToken };
    }

    expect(seen).toEqual([0, 1, 2, 3, 4].map(shard));
    expect(asked).toEqual({ NextToken: undefined });
  });

  it.each([
    { filter: { Type: 'AT_LATEST' }, expected: [1, 2] },
    { filter: { Type: 'AFTER_SHARD_ID', ShardId: shard(1) }, expected: [2] },
    { filter: { Type: 'AT_TIMESTAMP', Timestamp: start.getTime() / 1000 }, expected: [0] },
    { filter: { Type: 'FROM_TIMESTAMP', Timestamp: start.getTime() / 1000 }, expected: [0, 1, 2] },
    { filter: { Type: 'FROM_TRIM_HORIZON' }, expected: [0, 1, 2] },
  ])('is narrowed by $filter.Type', async ({ filter, expected }) => {
    await streams.create('s');
    await streams.clock.advanceTo(new Date(start.getTime() + 1000));
    const split = { StreamName: 's', ShardToSplit: shard(0), NewStartingHashKey: HALF };
    await streams.call('SplitShard', split);

    const shards = await streams.shards('s', { ShardFilter: filter });
    expect(shards.map(({ ShardId }) => ShardId)).toEqual(expected.map(shard));
  });
});
