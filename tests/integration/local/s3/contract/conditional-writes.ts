import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { getText, put, s3Error, type Subject } from './subject.ts';

export function conditionalWritesContract(subject: Subject): void {
  it('let one of twenty first writers win, and what it wrote is there', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, writer) =>
        put(subject, 'race', String(writer).repeat(10_000), { IfNoneMatch: '*' }),
      ),
    );
    const winners = [...outcomes.keys()].filter((index) => outcomes[index]?.status === 'fulfilled');
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');

    expect(winners).toHaveLength(1);
    for (const { reason } of refusals) {
      expect(reason).toMatchObject(s3Error('PreconditionFailed', 412));
    }
    expect(await getText(subject, 'race')).toBe(String(winners[0]).repeat(10_000));
  });

  it('let one of twenty win that all replace the same version', async () => {
    const { ETag: IfMatch } = await put(subject, 'swap', 'old');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, writer) => put(subject, 'swap', `new ${writer}`, { IfMatch })),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('fail to replace what is not there', async () => {
    await expect(put(subject, 'absent', 'x', { IfMatch: '"abc"' })).rejects.toMatchObject(
      s3Error('NoSuchKey', 404),
    );
  });

  it('allow a first write again after a delete', async () => {
    const { client, bucket: Bucket } = subject;
    await put(subject, 'again', '1', { IfNoneMatch: '*' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'again' }));
    await put(subject, 'again', '2', { IfNoneMatch: '*' });

    expect(await getText(subject, 'again')).toBe('2');
  });
}
