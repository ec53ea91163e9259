import { describe, expect, it } from 'vitest';
import { readMappingConfiguration } from '../../../../local/event-source/configuration.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

const least = {
  EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
  FunctionName: 'consume',
  StartingPosition: 'LATEST',
};

const read = (properties: Record<string, unknown>) =>
  readMappingConfiguration(
    { logicalId: 'Mapping', type: 'T', defaultName: 'Mapping', properties },
    place,
  );

describe('readMappingConfiguration', () => {
  it('has the defaults of AWS', () => {
    expect(read(least)).toMatchObject({
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consume',
      functionName: 'consume',
      enabled: true,
      batchSize: 100,
      windowMs: 0,
      parallelizationFactor: 1,
      bisects: false,
      reportsItemFailures: false,
      maximumRetryAttempts: Infinity,
      maximumRecordAgeMs: Infinity,
    });
  });

  it('takes -1 for no limit and seconds for milliseconds', () => {
    const limits = { MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: 60 };

    expect(read({ ...least, ...limits })).toMatchObject({
      maximumRetryAttempts: Infinity,
      maximumRecordAgeMs: 60_000,
    });
  });

  it('keeps the id of a mapping when its settings change', () => {
    expect(read(least).uuid).toBe(read({ ...least, BatchSize: 7 }).uuid);
    expect(read(least).uuid).not.toBe(read({ ...least, FunctionName: 'other' }).uuid);
  });

  it.each([
    { wrong: { EventSourceArn: 'arn:aws:sqs:us-east-1:0:q' }, says: 'Kinesis streams only' },
    { wrong: { FilterCriteria: { Filters: [] } }, says: 'does not filter' },
    { wrong: { BatchSize: 0 }, says: 'BatchSize' },
    { wrong: { StartingPosition: 'NOW' }, says: 'StartingPosition' },
  ])('fails on $wrong', ({ wrong, says }) => {
    expect(() => read({ ...least, ...wrong })).toThrow(says);
  });
});
