import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { md5OfAttributes } from '../../../../local/sqs/message.ts';
import { Queue, type QueueSettings } from '../../../../local/sqs/queue.ts';
import { createVirtualClock, type VirtualClock } from '../scheduler/virtual-clock.ts';

const SETTINGS: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 3600,
  receiveWaitSeconds: 0,
  largestMessageBytes: 1000,
};

const bodies = async (queue: Queue) => (await queue.receive(10, 30, 0)).map(({ body }) => body);

describe('queue', () => {
  let folder: string;
  let clock: VirtualClock;
  const open: Queue[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-sqs-'));
    clock = createVirtualClock('2026-11-24T12:00:00Z');
  });
  afterEach(() => {
    for (const queue of open.splice(0)) queue.close();
    rmSync(folder, { recursive: true });
  });

  function openQueue(name: string, change: Partial<QueueSettings> = {}, dead?: Queue): Queue {
    const queue = new Queue(
      { name, arn: `arn:aws:sqs:us-east-1:0:${name}`, file: join(folder, `${name}.jsonl`) },
      { ...SETTINGS, ...change },
      clock,
      (_, message) => dead?.adopt(message),
    );
    open.push(queue);
    return queue;
  }

  it('hides what it gave until the visibility timeout, and gives it again', async () => {
    const queue = openQueue('jobs');
    queue.send('one', {});

    expect(await bodies(queue)).toEqual(['one']);
    clock.advanceTo('2026-11-24T12:00:29Z');
    expect(await bodies(queue)).toEqual([]);
    clock.advanceTo('2026-11-24T12:00:30Z');
    const [again] = await queue.receive(1, 30, 0);

    expect(again).toMatchObject({ body: 'one', receiveCount: 2 });
  });

  it('forgets what was deleted', async () => {
    const queue = openQueue('jobs');
    queue.send('one', {});
    const [message] = await queue.receive(1, 30, 0);

    queue.delete(message?.receipt ?? '');
    clock.advanceTo('2026-11-24T13:00:00Z');

    expect(await bodies(queue)).toEqual([]);
  });

  it('keeps its messages, and what is hidden, after a kill', async () => {
    const queue = openQueue('jobs');
    queue.send('hidden', {});
    const [hidden] = await queue.receive(1, 30, 0);
    queue.send('waiting', {});

    const reopened = openQueue('jobs');

    expect(await bodies(reopened)).toEqual(['waiting']);
    expect(reopened.changeVisibility(hidden?.receipt ?? '', 0)).toBe(true);
    expect(await bodies(reopened)).toEqual(['hidden']);
  });

  it('moves a message that was received too often to the dead-letter queue', async () => {
    const dead = openQueue('dead');
    const redrive = { targetArn: dead.arn, maxReceiveCount: 2 };
    const queue = openQueue('jobs', { redrive }, dead);
    const { id } = queue.send('poison', {});

    await queue.receive(1, 0, 0);
    await queue.receive(1, 0, 0);

    expect(await bodies(queue)).toEqual([]);
    const [message] = await dead.receive(1, 30, 0);
    expect(message).toMatchObject({ id, body: 'poison', receiveCount: 1, cameFrom: queue.arn });
  });

  it('waits for a message that comes while it is being asked', async () => {
    const queue = openQueue('jobs');
    const answer = queue.receive(1, 30, 5);
    setTimeout(() => queue.send('late', {}), 60);

    expect((await answer).map(({ body }) => body)).toEqual(['late']);
  });

  it('holds back delayed messages and drops old ones', async () => {
    const queue = openQueue('jobs', { delaySeconds: 60 });
    queue.send('delayed', {});

    expect(queue.counts()).toMatchObject({ visible: 0, delayed: 1 });
    clock.advanceTo('2026-11-24T12:01:00Z');
    expect(queue.counts()).toMatchObject({ visible: 1, delayed: 0, oldestAgeSeconds: 60 });
    clock.advanceTo('2026-11-24T13:00:00Z');
    expect(await bodies(queue)).toEqual([]);
  });
});

describe('md5OfAttributes', () => {
  it('is the digest that botocore computes', () => {
    // moto 5.0, TestSQS: {'timestamp': {'StringValue': '1493147359900', 'DataType': 'Number'}}
    expect(
      md5OfAttributes({ timestamp: { StringValue: '1493147359900', DataType: 'Number' } }),
    ).toBe('235c5c510d26fb653d073faed50ae77c');
  });
});
