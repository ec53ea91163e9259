import { expect, it } from 'vitest';
import { objectCreated, sendsEvents } from '../../../../local/s3/object-created.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

it.each([
  [{ EventBridgeConfiguration: { EventBridgeEnabled: true } }, true],
  [{ EventBridgeConfiguration: { EventBridgeEnabled: 'true' } }, true],
  [{ EventBridgeConfiguration: {} }, true],
  [{ EventBridgeConfiguration: { EventBridgeEnabled: false } }, false],
  [{}, false],
  [undefined, false],
])('a bucket with %j sends events: %s', (configuration, expected) => {
  expect(sendsEvents(configuration)).toBe(expected);
});

it('tells which object was put where', () => {
  const at = new Date('2001-05-01T00:00:00Z');
  const clock = { now: () => at, setTimeout: () => () => undefined };
  const object = { file: 'f', size: 3, etag: 'e', lastModified: at.toISOString(), headers: {} };
  expect(
    objectCreated(place, clock as never, { bucket: 'b', key: 'datasets/m/a.csv', object }),
  ).toMatchObject({
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: ['arn:aws:s3:::b'],
    at,
    detail: {
      bucket: { name: 'b' },
      object: { key: 'datasets/m/a.csv', size: 3, etag: 'e' },
      reason: 'PutObject',
    },
  });
});
