import { describe, expect, it } from 'vitest';
import { type RejectedRecord, sqsFailures } from '../../../../core/aws/failures-queue.ts';

const rejected: RejectedRecord = {
  reason: 'the record is not JSON',
  problems: [{ pointer: '', got: "'x' at position 1", expected: 'a JSON object' }],
  stream: 'events',
  shard: 'shardId-000000000000',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  partitionKey: 'ATL',
  arrivedAt: '2001-05-01T09:30:00.000Z',
  data: 'eA==',
};

function queue() {
  const bodies: string[] = [];
  const client = {
    send: async ({ input }: { readonly input: { readonly MessageBody: string } }) => {
      bodies.push(input.MessageBody);
    },
  };
  return { bodies, failures: sqsFailures('http://queue', client) };
}

describe('sqsFailures', () => {
  it('sends one message a record', async () => {
    const { bodies, failures } = queue();

    await failures.send(Array.from({ length: 25 }, (_, at) => ({ ...rejected, shard: `${at}` })));

    expect(bodies).toHaveLength(25);
    expect(JSON.parse(bodies[24]!)).toEqual({ ...rejected, shard: '24' });
  });

  it('leaves the data of a record out that no message can hold, and says so', async () => {
    const { bodies, failures } = queue();

    await failures.send([{ ...rejected, data: 'A'.repeat(400_000) }]);

    const { data: _, ...rest } = rejected;
    expect(JSON.parse(bodies[0]!)).toEqual({ ...rest, dataLeftOut: { bytes: 300_000 } });
  });

  it('fails when a message is not taken', async () => {
    const failures = sqsFailures('http://queue', {
      send: async () => {
        throw new Error('queue does not exist');
      },
    });

    await expect(failures.send([rejected])).rejects.toThrow('queue does not exist');
  });
});
