import { expect, it } from 'vitest';
import { countThatFit, kinesisEvent } from '../../../../local/event-source/kinesis-event.ts';
import { records } from './records.ts';

const source = {
  streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/a-stream-with-quite-a-long-name',
  shardId: 'shardId-000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/Tidemill-ConsumeFunctionServiceRole0123456789AB',
  region: 'us-east-1',
};

it('cuts a batch so that its event stays within the limit', () => {
  const large = records(1, 10, { data: 'A'.repeat(1_000_000) });
  const limit = 6 * 2 ** 20 - 1000;

  const count = countThatFit(large, 100, limit);

  expect(count).toBe(6);
  expect(kinesisEvent(large.slice(0, count), source).length).toBeLessThanOrEqual(limit);
});

it('counts a record for at least as much as it takes in the event', () => {
  const small = records(1, 1000);
  const limit = 100_000;

  const count = countThatFit(small, 10_000, limit);

  expect(count).toBeGreaterThan(100);
  expect(kinesisEvent(small.slice(0, count), source).length).toBeLessThanOrEqual(limit);
});

it('sends a record that is too large by itself rather than stopping the shard', () => {
  expect(countThatFit(records(1, 3), 100, 10)).toBe(1);
});
