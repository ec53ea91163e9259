import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { getText, put, s3Error, type Subject } from './subject.ts';

const MEGABYTE = 2 ** 20;

async function begin({ client, bucket }: Subject, Key: string): Promise<string> {
  const created = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  return created.UploadId ?? '';
}

async function part(
  { client, bucket }: Subject,
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32 } = await client.send(
    new UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body }),
  );
  return { PartNumber, ETag, ChecksumCRC32 };
}

async function complete(
  { client, bucket }: Subject,
  Key: string,
  UploadId: string,
  Parts: CompletedPart[],
  more: { IfNoneMatch?: string } = {},
): Promise<void> {
  await client.send(
    new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      ...more,
    }),
  );
}

export function multipartContract(subject: Subject): void {
  it('carry 30 MB from a stream through the upload manager', async () => {
    const { client, bucket: Bucket } = subject;
    const bytes = randomBytes(30 * MEGABYTE);
    const Body = Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]);
    await new Upload({ client, params: { Bucket, Key: 'big', Body, Metadata: { a: '1' } } }).done();
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'big' }));
    const received = (await got.Body?.transformToByteArray()) ?? new Uint8Array();

    expect(Buffer.compare(received, bytes)).toBe(0);
    // 6 parts of 5 MiB; S3 documents the ETag as the MD5 of the parts' MD5s and their number.
    const md5s = Array.from({ length: 6 }, (_, index) =>
      createHash('md5')
        .update(bytes.subarray(index * 5 * MEGABYTE, (index + 1) * 5 * MEGABYTE))
        .digest(),
    );
    expect(got.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-6"`);
    expect(got.Metadata).toEqual({ a: '1' });
    expect(got.ChecksumCRC32).toMatch(/-6$/);
    const second = await client.send(new HeadObjectCommand({ Bucket, Key: 'big', PartNumber: 2 }));
    expect([second.ContentLength, second.PartsCount]).toEqual([5 * MEGABYTE, 6]);
  });

  it('are listed while they are under way, and gone once aborted', async () => {
    const { client, bucket: Bucket } = subject;
    const UploadId = await begin(subject, 'under-way');
    await part(subject, 'under-way', UploadId, 2, Buffer.from('two'));
    await part(subject, 'under-way', UploadId, 1, Buffer.from('one'));
    await part(subject, 'under-way', UploadId, 1, Buffer.from('one again'));
    const target = { Bucket, Key: 'under-way', UploadId };

    expect(await client.send(new ListPartsCommand(target))).toMatchObject({
      Parts: [
        { PartNumber: 1, Size: 9 },
        { PartNumber: 2, Size: 3 },
      ],
    });
    expect(await client.send(new ListMultipartUploadsCommand({ Bucket }))).toMatchObject({
      Uploads: [{ Key: 'under-way', UploadId }],
    });
    await client.send(new AbortMultipartUploadCommand(target));
    await expect(client.send(new ListPartsCommand(target))).rejects.toMatchObject(
      s3Error('NoSuchUpload', 404),
    );
  });

  it('are completed by one writer when it must be the first', async () => {
    const ids = await Promise.all([begin(subject, 'first'), begin(subject, 'first')]);
    const outcomes = await Promise.allSettled(
      ids.map(async (id) => {
        const parts = [await part(subject, 'first', id, 1, Buffer.from(id))];
        await complete(subject, 'first', id, parts, { IfNoneMatch: '*' });
        return id;
      }),
    );
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');

    expect(won).toHaveLength(1);
    expect(await getText(subject, 'first')).toBe(won[0]?.value);
  });

  it('take parts from objects', async () => {
    const { client, bucket: Bucket } = subject;
    await put(subject, 'source', '0123456789');
    const UploadId = await begin(subject, 'copied');
    const { CopyPartResult } = await client.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'copied',
        UploadId,
        PartNumber: 1,
        CopySource: `${Bucket}/source`,
        CopySourceRange: 'bytes=3-5',
      }),
    );
    await complete(subject, 'copied', UploadId, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);

    expect(await getText(subject, 'copied')).toBe('345');
  });

  it('fail with the reason when the parts do not fit', async () => {
    const id = await begin(subject, 'bad');
    const one = await part(subject, 'bad', id, 1, Buffer.from('one'));
    const two = await part(subject, 'bad', id, 2, Buffer.from('two'));

    await expect(complete(subject, 'bad', id, [one, two])).rejects.toMatchObject(
      s3Error('EntityTooSmall', 400),
    );
    await expect(complete(subject, 'bad', id, [two, one])).rejects.toMatchObject(
      s3Error('InvalidPartOrder', 400),
    );
    await expect(complete(subject, 'bad', id, [{ ...one, ETag: two.ETag }])).rejects.toMatchObject(
      s3Error('InvalidPart', 400),
    );
    await expect(complete(subject, 'bad', 'no-such-id', [one])).rejects.toMatchObject(
      s3Error('NoSuchUpload', 404),
    );
    await complete(subject, 'bad', id, [two]);
    expect(await getText(subject, 'bad')).toBe('two');
  });
}
