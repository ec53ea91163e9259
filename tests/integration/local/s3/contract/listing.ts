import {
  DeleteObjectsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { getText, put, s3Error, type Subject } from './subject.ts';

const padded = (index: number): string => `many/${String(index).padStart(4, '0')}`;

async function keysUnder({ client, bucket }: Subject, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })) {
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
  }
  return keys;
}

export function listingContract(subject: Subject): void {
  it('pages through more than 1,000 keys, and many are deleted at once', async () => {
    const { client, bucket: Bucket } = subject;
    const expected = Array.from({ length: 1050 }, (_, index) => padded(index));
    for (let start = 0; start < expected.length; start += 50) {
      await Promise.all(expected.slice(start, start + 50).map((key) => put(subject, key, 'x')));
    }
    const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'many/' }));

    expect(first).toMatchObject({ KeyCount: 1000, IsTruncated: true, MaxKeys: 1000 });
    expect(await keysUnder(subject, 'many/')).toEqual(expected);

    const Objects = expected.slice(0, 1000).map((Key) => ({ Key }));
    const { Deleted } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    expect(Deleted).toHaveLength(1000);
    expect(await keysUnder(subject, 'many/')).toEqual(expected.slice(1000));
  }, 90_000);

  it('rolls up folders, in version 1 and 2', async () => {
    const { client, bucket: Bucket } = subject;
    for (const key of ['dt=1/a', 'dt=1/b', 'dt=2/a', 'top']) await put(subject, `tree/${key}`, 'x');
    const query = { Bucket, Prefix: 'tree/', Delimiter: '/' };
    const folders = [{ Prefix: 'tree/dt=1/' }, { Prefix: 'tree/dt=2/' }];

    expect(await client.send(new ListObjectsV2Command(query))).toMatchObject({
      KeyCount: 3,
      CommonPrefixes: folders,
      Contents: [{ Key: 'tree/top', Size: 1 }],
    });
    expect(await client.send(new ListObjectsCommand(query))).toMatchObject({
      CommonPrefixes: folders,
      Contents: [{ Key: 'tree/top' }],
    });
    const page = await client.send(new ListObjectsV2Command({ ...query, MaxKeys: 1 }));
    const next = await client.send(
      new ListObjectsV2Command({ ...query, ContinuationToken: page.NextContinuationToken }),
    );
    expect([page.CommonPrefixes, next.CommonPrefixes]).toEqual([
      [{ Prefix: 'tree/dt=1/' }],
      [{ Prefix: 'tree/dt=2/' }],
    ]);
  });

  it('starts after a key', async () => {
    for (const key of ['1', '2', '3']) await put(subject, `row/${key}`, 'x');
    const { Contents } = await subject.client.send(
      new ListObjectsV2Command({ Bucket: subject.bucket, Prefix: 'row/', StartAfter: 'row/1' }),
    );

    expect(Contents?.map(({ Key }) => Key)).toEqual(['row/2', 'row/3']);
  });

  it('orders keys by their bytes, and encodes them when asked', async () => {
    const odd = ['order/ü+ &<', 'order/A', 'order/a', 'order/\u{1F600}', 'order/\uFFEE'];
    for (const key of odd) await put(subject, key, 'x');
    const { Contents } = await subject.client.send(
      new ListObjectsV2Command({ Bucket: subject.bucket, Prefix: 'order/', EncodingType: 'url' }),
    );
    const byBytes = odd.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

    expect(await keysUnder(subject, 'order/')).toEqual(byBytes);
    expect(Contents?.map(({ Key }) => decodeURIComponent(Key ?? ''))).toEqual(byBytes);
    expect(Contents?.[2]?.Key).toBe('order/%C3%BC%2B%20%26%3C');
  });

  it('deletes keys whose names XML has to escape', async () => {
    const { client, bucket: Bucket } = subject;
    const keys = ['odd/&<>"\'', 'odd/ space ', 'odd/\u{1F600}', 'odd/&amp;', 'odd/ünï'];
    for (const key of keys) await put(subject, key, key);
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));

    expect([Deleted, Errors]).toEqual([undefined, undefined]);
    expect(await keysUnder(subject, 'odd/')).toEqual([]);
    await expect(getText(subject, 'odd/&amp;')).rejects.toMatchObject(s3Error('NoSuchKey', 404));
  });

  it('fails for a token that it did not give', async () => {
    const query = { Bucket: subject.bucket, ContinuationToken: '!' };

    await expect(subject.client.send(new ListObjectsV2Command(query))).rejects.toMatchObject(
      s3Error('InvalidArgument', 400),
    );
  });
}
