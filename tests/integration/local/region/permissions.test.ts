import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Region } from '../../../../local/region.ts';
import { clientOf } from '../storage-region.ts';
import { policy, type SmallStack, smallTemplate, writeSmallStack } from './small-stack.ts';

type Resources = Record<string, Record<string, unknown>>;

let stack: SmallStack;
let region: Region | undefined;
let told: string[];
beforeEach(async () => {
  stack = await writeSmallStack();
  told = [];
});
afterEach(async () => {
  await region?.stop();
  region = undefined;
  await stack.remove();
});

/** Starts the small stack with a change to its policies. */
async function startWith(change: (resources: Resources) => void): Promise<Region> {
  const template = smallTemplate('hello');
  change(template['Resources'] as Resources);
  await stack.write(template);
  const started = stack.region(0, (lines) => told.push(lines));
  await started.start();
  region = started;
  return started;
}

async function put({ endpoint }: Region): Promise<void> {
  const client = new KinesisClient(clientOf(Number(new URL(endpoint).port)));
  const record = { PartitionKey: 'a', Data: Buffer.from('{"id":1}') };
  await client.send(new PutRecordCommand({ StreamName: 'events', ...record }));
  client.destroy();
}

const expectTold = (text: string) =>
  vi.waitFor(() => expect(told.join('\n')).toContain(text), { timeout: 15_000, interval: 50 });

describe('a region without a grant', () => {
  it('refuses what the function asks with its role, and says so', async () => {
    const started = await startWith((resources) => {
      resources['WriteSeen'] = policy([{ 'Fn::Sub': '${Bucket.Arn}/elsewhere/*' }], 's3:PutObject');
    });

    await put(started);

    await expectTold('consume may not s3:PutObject on arn:aws:s3:::small-bucket/seen/1-');
    expect(told.join('\n')).toContain('allows it only on arn:aws:s3:::small-bucket/elsewhere/*');
  });

  it('reads no stream for a function whose role may not', async () => {
    const started = await startWith((resources) => delete resources['ReadStream']);

    await put(started);

    await expectTold('consume may not kinesis:DescribeStream on');
  });

  it('fails to start where nobody may take on a role', async () => {
    const attempt = startWith((resources) => {
      const AssumeRolePolicyDocument = { Statement: [] };
      resources['Role'] = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument } };
    });

    await expect(attempt).rejects.toThrow('Role cannot be assumed by lambda.amazonaws.com');
  });

  it('keeps a public URL closed that the function does not open', async () => {
    const started = await startWith((resources) => delete resources['AnybodyInvokes']);

    const answer = await fetch(started.outputs['Url'] ?? '');

    expect(answer.status).toBe(403);
  });
});
