import { describe, expect, it } from 'vitest';
import { createStreamHost } from '../../../../local/kinesis/stream-host.ts';
import { place, start, Streams } from './streams.ts';

const streams = new Streams();
const s = { StreamName: 's' };

const summaryOf = async (): Promise<Record<string, unknown>> => {
  const { StreamDescriptionSummary } = await streams.call<{
    StreamDescriptionSummary: Record<string, unknown>;
  }>('DescribeStreamSummary', s);
  return StreamDescriptionSummary;
};

describe('a stream', () => {
  it('is described', async () => {
    await streams.create('s', 2);

    expect(await summaryOf()).toEqual({
      StreamName: 's',
      StreamARN: `arn:aws:kinesis:us-east-1:${place.account}:stream/s`,
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamCreationTimestamp: start,
      RetentionPeriodHours: 24,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
      OpenShardCount: 2,
      ConsumerCount: 0,
    });
    expect(
      await streams.call('DescribeStream', {
        StreamARN: `arn:aws:kinesis:us-east-1:${place.account}:stream/s`,
        Limit: 1,
      }),
    ).toMatchObject({ StreamDescription: { HasMoreShards: true, Shards: [{}] } });
  });

  it('has four shards when it is on demand', async () => {
    const StreamModeDetails = { StreamMode: 'ON_DEMAND' };
    await streams.call('CreateStream', { ...s, StreamModeDetails });

    expect(await summaryOf()).toMatchObject({ OpenShardCount: 4, StreamModeDetails });
    const limits = await streams.call('DescribeLimits', {});
    expect(limits).toMatchObject({ OpenShardCount: 4, OnDemandStreamCount: 1 });
  });

  it('is listed by name, in pages', async () => {
    for (const name of ['c', 'a', 'b']) await streams.create(name);

    const first = await streams.call<{ NextToken: string }>('ListStreams', { Limit: 2 });
    const second = await streams.call('ListStreams', { NextToken: first.NextToken });

    expect(first).toMatchObject({ StreamNames: ['a', 'b'], HasMoreStreams: true });
    expect(second).toMatchObject({
      StreamNames: ['c'],
      HasMoreStreams: false,
      StreamSummaries: [{ StreamName: 'c', StreamStatus: 'ACTIVE' }],
    });
  });

  it('keeps its settings over a restart', async () => {
    await streams.create('s');
    await streams.call('IncreaseStreamRetentionPeriod', { ...s, RetentionPeriodHours: 48 });
    await streams.call('StartStreamEncryption', { ...s, EncryptionType: 'KMS', KeyId: 'k' });
    await streams.call('UpdateStreamMode', {
      ...s,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
    streams.reopen();

    expect(await summaryOf()).toMatchObject({
      RetentionPeriodHours: 48,
      EncryptionType: 'KMS',
      KeyId: 'k',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
    await streams.call('StopStreamEncryption', { ...s, EncryptionType: 'KMS', KeyId: 'k' });
    await streams.call('DecreaseStreamRetentionPeriod', { ...s, RetentionPeriodHours: 24 });
    streams.reopen();
    expect(await summaryOf()).toMatchObject({ RetentionPeriodHours: 24, EncryptionType: 'NONE' });
  });

  it('has tags, which are listed by key', async () => {
    await streams.create('s');
    await streams.call('AddTagsToStream', { ...s, Tags: { b: '2', a: '1' } });
    await streams.call('AddTagsToStream', { ...s, Tags: { b: '3', c: '' } });
    await streams.call('RemoveTagsFromStream', { ...s, TagKeys: ['a'] });

    expect(await streams.call('ListTagsForStream', { ...s, Limit: 1 })).toEqual({
      Tags: [{ Key: 'b', Value: '3' }],
      HasMoreTags: true,
    });
    expect(await streams.call('ListTagsForStream', { ...s, ExclusiveStartTagKey: 'b' })).toEqual({
      Tags: [{ Key: 'c', Value: '' }],
      HasMoreTags: false,
    });
  });

  it('of a template is made once, and takes on what the template changes', async () => {
    const host = createStreamHost(streams.book);
    const base = { logicalId: 'S', type: 'AWS::Kinesis::Stream', defaultName: 's' };
    const encrypted = { KeyId: 'alias/aws/kinesis', EncryptionType: 'KMS' };
    const first = { ShardCount: 2, StreamEncryption: encrypted };
    const made = await host.create({ ...base, properties: first });
    await streams.put('s', 'kept');
    const found = await host.create({
      ...base,
      properties: { ...first, RetentionPeriodHours: 72 },
    });

    expect(found).toEqual(made);
    expect(made).toEqual({ ref: 's', attributes: { Arn: streams.book.arnOf('s') } });
    expect(await summaryOf()).toMatchObject({
      OpenShardCount: 2,
      RetentionPeriodHours: 72,
      EncryptionType: 'KMS',
    });
  });
});

describe('a stream that cannot be made or changed', () => {
  it.each([
    {
      wrong: 'a name that is taken',
      operation: 'CreateStream',
      input: { ...s, ShardCount: 1 },
      code: 'ResourceInUseException',
      message: `Stream s under account ${place.account} already exists.`,
    },
    {
      wrong: 'a name with a slash',
      operation: 'CreateStream',
      input: { StreamName: 'a/b', ShardCount: 1 },
      code: 'ValidationException',
      message: /Value 'a\/b' at 'streamName' failed .* pattern: \[a-zA-Z0-9_\.-\]\+$/,
    },
    {
      wrong: 'more shards than the account may have',
      operation: 'CreateStream',
      input: { StreamName: 't', ShardCount: 500 },
      code: 'LimitExceededException',
      message: /Current shard count for the account: 1\. Limit: 500\./,
    },
    {
      wrong: 'an ARN that is none of a stream',
      operation: 'DescribeStream',
      input: { StreamARN: 'arn:aws:sqs:us-east-1:000000000000:queue' },
      code: 'InvalidArgumentException',
      message: /must have the form arn:aws:kinesis/,
    },
    {
      wrong: 'a retention under a day',
      operation: 'DecreaseStreamRetentionPeriod',
      input: { ...s, RetentionPeriodHours: 12 },
      code: 'InvalidArgumentException',
      message: /^Minimum allowed retention period is 24 hours/,
    },
    {
      wrong: 'a decrease that is an increase',
      operation: 'DecreaseStreamRetentionPeriod',
      input: { ...s, RetentionPeriodHours: 48 },
      code: 'InvalidArgumentException',
      message: /longer than existing retention period \(24 hours\)\. Use IncreaseRetentionPeriod/,
    },
    {
      wrong: 'a retention of more than a year',
      operation: 'IncreaseStreamRetentionPeriod',
      input: { ...s, RetentionPeriodHours: 9000 },
      code: 'InvalidArgumentException',
      message: /^Maximum allowed retention period is 8760 hours/,
    },
    {
      wrong: 'more tags than a stream may have',
      operation: 'AddTagsToStream',
      input: {
        ...s,
        Tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`t${at}`, ''])),
      },
      code: 'InvalidArgumentException',
      message: /cannot have more than 50 tags/,
    },
  ])('fails for $wrong', async ({ operation, input, code, message }) => {
    await streams.create('s');

    const failing = streams.call(operation, input);

    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(message);
  });
});
