import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSns, type Sns } from '../../../../local/sns/sns.ts';
import { createVirtualClock } from '../scheduler/virtual-clock.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:people';
const actor = { kind: 'administrator' } as const;

describe('sns', () => {
  let folder: string;
  let received: { target: string; text: string }[];
  let told: string[];
  let sns: Sns;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-sns-'));
    received = [];
    told = [];
    sns = createSns({
      stateFolder: folder,
      place,
      clock: createVirtualClock('2026-11-24T12:00:00Z'),
      asyncFunctions: {
        accept(target, text) {
          if (target.endsWith('broken')) throw new Error('no such function');
          received.push({ target, text });
        },
      },
      queues: { send: async (target, text) => void received.push({ target, text }) },
      onNotification: (_, subject, message) => told.push(`${subject}: ${message}`),
    });
    await create('AWS::SNS::Topic', { TopicName: 'people' });
  });
  afterEach(() => {
    sns.close();
    rmSync(folder, { recursive: true });
  });

  async function create(type: string, properties: Record<string, unknown>): Promise<void> {
    const host = sns.hosts.find(({ types }) => types.includes(type));
    await host?.create({ logicalId: 'X', defaultName: 'x', type, properties });
  }
  const subscribe = (Protocol: string, Endpoint: string, more = {}) =>
    create('AWS::SNS::Subscription', { TopicArn: TOPIC, Protocol, Endpoint, ...more });

  it('delivers to functions and queues, wrapped and raw, and tells people', async () => {
    await subscribe('lambda', 'function');
    await subscribe('sqs', 'wrapped');
    await subscribe('sqs', 'raw', { RawMessageDelivery: true });
    await subscribe('email', 'night@example.com');

    await sns.topics.publish(TOPIC, 'ALARM', 'it burns', actor);

    const [call, wrapped, raw] = received;
    expect(JSON.parse(call?.text ?? '')).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          Sns: { Subject: 'ALARM', Message: 'it burns', Timestamp: '2026-11-24T12:00:00.000Z' },
        },
      ],
    });
    expect(JSON.parse(wrapped?.text ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn: TOPIC,
      Message: 'it burns',
    });
    expect(raw).toEqual({ target: 'raw', text: 'it burns' });
    expect(told).toEqual(['ALARM: it burns']);
    expect(readFileSync(join(folder, 'notifications.jsonl'), 'utf8')).toBe(
      `{"at":"2026-11-24T12:00:00.000Z","topicArn":"${TOPIC}","subject":"ALARM","message":"it burns"}\n`,
    );
  });

  it('delivers to the others when one cannot be reached', async () => {
    await subscribe('lambda', 'broken');
    await subscribe('sqs', 'queue', { RawMessageDelivery: true });

    await sns.topics.publish(TOPIC, '', 'still there', actor);

    expect(received).toEqual([{ target: 'queue', text: 'still there' }]);
  });

  it('keeps from a subscriber what its filter does not let through', async () => {
    const more = { FilterPolicyScope: 'MessageBody', FilterPolicy: { level: ['high'] } };
    await subscribe('sqs', 'queue', { ...more, RawMessageDelivery: true });

    await sns.topics.publish(TOPIC, '', '{"level":"low"}', actor);
    await sns.topics.publish(TOPIC, '', 'no JSON', actor);
    await sns.topics.publish(TOPIC, '', '{"level":"high"}', actor);

    expect(received.map(({ text }) => text)).toEqual(['{"level":"high"}']);
  });

  it('fails for a topic that there is not', async () => {
    await expect(sns.topics.publish(`${TOPIC}-not`, '', 'x', actor)).rejects.toThrow(
      /no topic .*people-not on this machine \(there are: .*people\)/,
    );
  });
});
