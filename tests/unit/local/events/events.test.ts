import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventBridge, type EventBridge } from '../../../../local/events/events.ts';
import { createVirtualClock, type VirtualClock } from '../scheduler/virtual-clock.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:pipeline';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:failed';
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:people';

describe('event bus', () => {
  let folder: string;
  let clock: VirtualClock;
  let received: { target: string; input: string }[];
  let bridge: EventBridge;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-events-'));
    clock = createVirtualClock('2026-11-24T12:00:00Z');
    received = [];
    bridge = createEventBridge({
      stateFolder: folder,
      place,
      clock,
      asyncFunctions: { accept: (target, input) => void received.push({ target, input }) },
      queues: { send: async (target, input) => void received.push({ target, input }) },
      topics: { publish: async (target, _, input) => void received.push({ target, input }) },
    });
  });
  afterEach(() => {
    bridge.close();
    rmSync(folder, { recursive: true });
  });

  async function addRule(properties: Record<string, unknown>): Promise<void> {
    const type = 'AWS::Events::Rule';
    await bridge.hosts[0]?.create({ logicalId: 'Rule', defaultName: 'rule', type, properties });
  }

  function emitFailure(): void {
    bridge.events.emit({
      source: 'aws.batch',
      detailType: 'Batch Job State Change',
      detail: {
        status: 'FAILED',
        jobName: 'train "big"',
        attempts: [{ exitCode: 4 }],
        gone: undefined,
      },
      resources: ['arn:aws:batch:us-east-1:000000000000:job/1'],
      at: clock.now(),
    });
  }

  it('hands a matching event to every target of the rule', async () => {
    await addRule({
      EventPattern: { source: ['aws.batch'], detail: { status: ['FAILED'] } },
      Targets: [FUNCTION, QUEUE, TOPIC].map((Arn, index) => ({ Id: String(index), Arn })),
    });

    emitFailure();
    await bridge.idle();

    expect(received.map(({ target }) => target)).toEqual([FUNCTION, QUEUE, TOPIC]);
    expect(JSON.parse(received[0]?.input ?? '')).toMatchObject({
      source: 'aws.batch',
      'detail-type': 'Batch Job State Change',
      time: '2026-11-24T12:00:00Z',
      account: '000000000000',
      detail: { status: 'FAILED' },
    });
  });

  it('leaves alone what does not match, and what is disabled', async () => {
    const Targets = [{ Id: '1', Arn: FUNCTION }];
    await addRule({ Name: 'other', EventPattern: { source: ['aws.s3'] }, Targets });
    await addRule({
      Name: 'off',
      State: 'DISABLED',
      EventPattern: { source: ['aws.batch'] },
      Targets,
    });

    emitFailure();
    await bridge.idle();

    expect(received).toEqual([]);
  });

  it('fills a template in, strings quoted or bare as the template has them', async () => {
    await addRule({
      EventPattern: { source: ['aws.batch'] },
      Targets: [
        {
          Id: '1',
          Arn: FUNCTION,
          InputTransformer: {
            InputPathsMap: { job: '$.detail.jobName', exit: '$.detail.attempts[0].exitCode' },
            InputTemplate: '{"text":"<job> failed","job":<job>,"exit":<exit>}',
          },
        },
      ],
    });

    emitFailure();
    await bridge.idle();

    expect(JSON.parse(received[0]?.input ?? '')).toEqual({
      text: 'train "big" failed',
      job: 'train "big"',
      exit: 4,
    });
  });

  it('fires rules that have a schedule', async () => {
    await addRule({
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Id: '1', Arn: FUNCTION, Input: '{"step":"check"}' }],
    });
    bridge.start();

    clock.advanceTo('2026-11-24T14:30:00Z');
    await bridge.idle();

    expect(received.map(({ input }) => input)).toEqual(['{"step":"check"}', '{"step":"check"}']);
  });

  it('fails for a target that a laptop has none of', async () => {
    const Targets = [{ Id: '1', Arn: 'arn:aws:states:us-east-1:0:stateMachine:x' }];

    await expect(addRule({ EventPattern: { source: ['x'] }, Targets })).rejects.toThrow(
      'the laptop sends events to Lambda functions, SNS topics and SQS queues',
    );
  });
});
