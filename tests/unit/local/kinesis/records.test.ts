import { describe, expect, it } from 'vitest';
import { shard, start, Streams, textsOf, type Page } from './streams.ts';

const streams = new Streams();

describe('records', () => {
  it('come back as they were put, in order, with growing numbers of 56 digits', async () => {
    await streams.create('s');
    const put = [await streams.put('s', 'one', 'ké'), await streams.put('s', 'two')];

    const { Records, MillisBehindLatest } = await streams.page('s', shard(0), 'TRIM_HORIZON');

    expect(Records).toEqual([
      {
        SequenceNumber: put[0]!.SequenceNumber,
        PartitionKey: 'ké',
        Data: Buffer.from('one'),
        ApproximateArrivalTimestamp: start,
      },
      expect.objectContaining({ SequenceNumber: put[1]!.SequenceNumber }),
    ]);
    expect(MillisBehindLatest).toBe(0);
    expect(put[0]!.SequenceNumber).toMatch(/^\d{56}$/);
    expect(BigInt(put[1]!.SequenceNumber)).toBeGreaterThan(BigInt(put[0]!.SequenceNumber));
  });

  it('go to the shard of the MD5 of their key, or of the hash key that is given', async () => {
    await streams.create('s', 4);

    // md5('p') = 83878c91… and md5('a') = 0cc175b9… by md5sum: the third and the first quarter
    expect((await streams.put('s', 'x', 'p')).ShardId).toBe(shard(2));
    expect((await streams.put('s', 'x', 'a')).ShardId).toBe(shard(0));
    const last = { ExplicitHashKey: String(2n ** 128n - 1n) };
    expect((await streams.put('s', 'x', 'a', last)).ShardId).toBe(shard(3));
    // the first key of the second quarter
    const second = { ExplicitHashKey: String(2n ** 126n) };
    expect((await streams.put('s', 'x', 'a', second)).ShardId).toBe(shard(1));
  });

  it('keep their order in each shard when they are put together', async () => {
    await streams.create('s', 4);
    const Records = Array.from({ length: 100 }, (_, at) => ({
      Data: Buffer.from(String(at)).toString('base64'),
      PartitionKey: `key-${at % 9}`,
    }));

    const answer = await streams.call<{
      FailedRecordCount: number;
      Records: { ShardId: string; SequenceNumber: string }[];
    }>('PutRecords', { StreamName: 's', Records });

    expect(answer.FailedRecordCount).toBe(0);
    const seen: string[] = [];
    for (const index of [0, 1, 2, 3]) {
      const page = await streams.page('s', shard(index), 'TRIM_HORIZON');
      const texts = textsOf(page);
      expect(texts).toEqual(texts.toSorted((a, b) => Number(a) - Number(b)));
      for (const [at, { SequenceNumber }] of page.Records.entries()) {
        expect(answer.Records[Number(texts[at])]).toEqual({
          ShardId: shard(index),
          SequenceNumber,
        });
      }
      seen.push(...texts);
    }
    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Records.map((_, at) => String(at)),
    );
    // 10 digits once and 90 twice make 190 bytes of data; the keys have five characters each
    expect(streams.puts).toEqual([['s', 100, 690]]);
  });

  it('are read from each of the five positions', async () => {
    await streams.create('s');
    const first = await streams.put('s', 'first');
    await streams.clock.advanceTo(new Date(start.getTime() + 1000));
    await streams.put('s', 'second');
    const latest = await streams.iterator('s', shard(0), 'LATEST');
    await streams.put('s', 'third');
    const from = { StartingSequenceNumber: first.SequenceNumber };
    const read = (how: string, more = {}) => streams.texts('s', shard(0), how, more);

    expect(await read('TRIM_HORIZON')).toEqual(['first', 'second', 'third']);
    expect(await read('AT_SEQUENCE_NUMBER', from)).toEqual(['first', 'second', 'third']);
    expect(await read('AFTER_SEQUENCE_NUMBER', from)).toEqual(['second', 'third']);
    const time = { Timestamp: start.getTime() / 1000 + 0.5 };
    expect(await read('AT_TIMESTAMP', time)).toEqual(['second', 'third']);
    expect(textsOf(await streams.call('GetRecords', { ShardIterator: latest }))).toEqual(['third']);
  });

  it('are given in pages, each of which tells how far behind the reader is', async () => {
    await streams.create('s');
    for (const text of ['a', 'b', 'c']) await streams.put('s', text);
    await streams.clock.advanceTo(new Date(start.getTime() + 5000));
    let ShardIterator: string | undefined = await streams.iterator('s', shard(0), 'TRIM_HORIZON');
    const pages: [string[], number][] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const page: Page = await streams.call('GetRecords', { ShardIterator, Limit: 2 });
      pages.push([textsOf(page), page.MillisBehindLatest]);
      ShardIterator = page.NextShardIterator;
    }

    expect(pages).toEqual([
      [['a', 'b'], 5000],
      [['c'], 0],
      [[], 0],
    ]);
  });

  it('are not given out when they are older than the stream keeps them', async () => {
    await streams.create('s');
    await streams.put('s', 'old');
    await streams.clock.advanceTo(new Date(start.getTime() + 20 * 3_600_000));
    await streams.put('s', 'young');
    await streams.clock.advanceTo(new Date(start.getTime() + 25 * 3_600_000));

    expect(await streams.texts('s', shard(0))).toEqual(['young']);
  });

  it('and streams are there after a restart, and numbers go on', async () => {
    await streams.create('s');
    const before = await streams.put('s', 'before');
    streams.reopen();
    const after = await streams.put('s', 'after');

    expect(await streams.texts('s', shard(0))).toEqual(['before', 'after']);
    expect(BigInt(after.SequenceNumber)).toBeGreaterThan(BigInt(before.SequenceNumber));
  });

  it('have other numbers in a stream that is made again', async () => {
    await streams.create('s');
    const before = await streams.put('s', 'before');
    await streams.call('DeleteStream', { StreamName: 's' });
    await streams.clock.advanceTo(new Date(start.getTime() + 1));
    await streams.create('s');
    const after = await streams.put('s', 'after');

    expect(await streams.texts('s', shard(0))).toEqual(['after']);
    expect(after.SequenceNumber).not.toBe(before.SequenceNumber);
  });
});

const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

describe('records that cannot be put or read', () => {
  const account = '123456789012';
  const Data = Buffer.from('x').toString('base64');

  it.each([
    {
      wrong: 'a stream that is not there',
      operation: 'PutRecord',
      input: { StreamName: 'none', Data, PartitionKey: 'p' },
      code: 'ResourceNotFoundException',
      message: `Stream none under account ${account} not found.`,
    },
    {
      wrong: 'no partition key',
      operation: 'PutRecords',
      input: { StreamName: 's', Records: [{ Data, PartitionKey: 'p' }, { Data }] },
      code: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'records.2.member.partitionKey' failed to " +
        'satisfy constraint: Member must not be null',
    },
    {
      wrong: 'a partition key that is too long',
      operation: 'PutRecord',
      input: { StreamName: 's', Data, PartitionKey: 'k'.repeat(257) },
      code: 'ValidationException',
      message: /at 'partitionKey' failed .* length less than or equal to 256$/,
    },
    {
      wrong: 'a record that is too large',
      operation: 'PutRecord',
      input: { StreamName: 's', Data: 'A'.repeat(2 ** 21), PartitionKey: 'p' },
      code: 'ValidationException',
      message: /at 'data' failed .* length less than or equal to 1048576$/,
    },
    {
      wrong: 'more than 5 MB at once',
      operation: 'PutRecords',
      input: {
        StreamName: 's',
        Records: many(8, { Data: 'A'.repeat(2 ** 20), PartitionKey: 'p' }),
      },
      code: 'InvalidArgumentException',
      message: 'Records size exceeds 5 MB limit',
    },
    {
      wrong: 'more than 500 records at once',
      operation: 'PutRecords',
      input: { StreamName: 's', Records: many(501, { Data, PartitionKey: 'p' }) },
      code: 'ValidationException',
      message: /at 'records' failed .* length less than or equal to 500$/,
    },
    {
      wrong: 'data that is no base64',
      operation: 'PutRecord',
      input: { StreamName: 's', Data: '{"a":1}', PartitionKey: 'p' },
      code: 'ValidationException',
      message: /at 'data' failed/,
    },
    {
      wrong: 'data of another type',
      operation: 'PutRecord',
      input: { StreamName: 's', Data: 5, PartitionKey: 'p' },
      code: 'SerializationException',
      message: /^data: /,
    },
    {
      wrong: 'a hash key of more than 128 bits',
      operation: 'PutRecord',
      input: { StreamName: 's', Data, PartitionKey: 'p', ExplicitHashKey: String(2n ** 128n) },
      code: 'InvalidArgumentException',
      message: /^Invalid ExplicitHashKey/,
    },
    {
      wrong: 'an iterator that is none',
      operation: 'GetRecords',
      input: { ShardIterator: 'AAAA' },
      code: 'InvalidArgumentException',
      message: 'Invalid ShardIterator.',
    },
    {
      wrong: 'a sequence number of another stream',
      operation: 'GetShardIterator',
      input: {
        StreamName: 's',
        ShardId: shard(0),
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: '4'.repeat(56),
      },
      code: 'InvalidArgumentException',
      message: /is invalid because it did not come from this stream\.$/,
    },
    {
      wrong: 'a shard that is not there',
      operation: 'GetShardIterator',
      input: { StreamName: 's', ShardId: shard(7), ShardIteratorType: 'LATEST' },
      code: 'ResourceNotFoundException',
      message: `Shard ${shard(7)} in stream s under account ${account} does not exist`,
    },
    {
      wrong: 'a type of iterator that does not exist',
      operation: 'GetShardIterator',
      input: { StreamName: 's', ShardId: shard(0), ShardIteratorType: 'FIRST' },
      code: 'ValidationException',
      message: /Value 'FIRST' at 'shardIteratorType' failed .* enum value set: \[AFTER_SEQ/,
    },
  ])('fails for $wrong', async ({ operation, input, code, message }) => {
    await streams.create('s');

    const failing = streams.call(operation, input);

    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(message);
  });

  it('fails for an iterator that is older than five minutes', async () => {
    await streams.create('s');
    const ShardIterator = await streams.iterator('s', shard(0), 'LATEST');
    await streams.clock.advanceTo(new Date(start.getTime() + 300_001));

    await expect(streams.call('GetRecords', { ShardIterator })).rejects.toMatchObject({
      code: 'ExpiredIteratorException',
    });
  });
});
