import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { getText, put, s3Error, type Subject } from './subject.ts';

export function objectsContract(subject: Subject): void {
  it('come back with all that was stored with them', async () => {
    const { client, bucket: Bucket } = subject;
    await put(subject, 'facts', 'hello', {
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      CacheControl: 'no-store',
      Metadata: { run: '17' },
    });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'facts' }));

    expect(head).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      CacheControl: 'no-store',
      Metadata: { run: '17' },
      AcceptRanges: 'bytes',
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
    });
    expect(Date.now() - (head.LastModified?.getTime() ?? 0)).toBeLessThan(10_000);
    expect(await getText(subject, 'facts')).toBe('hello');
  });

  it.each([
    'a',
    'a/b',
    'a//b',
    'spaces and+plus%41&?#=',
    'ünï/日本/\u{1F600}',
    '../../escape',
    'folder/',
    ' edges ',
    'k'.repeat(1024),
  ])('keep the key %j', async (key) => {
    await put(subject, `keys-${key}`.slice(0, 1024), key);

    expect(await getText(subject, `keys-${key}`.slice(0, 1024))).toBe(key);
  });

  it.each([
    { range: 'bytes=2-4', text: '234', contentRange: 'bytes 2-4/10' },
    { range: 'bytes=-3', text: '789', contentRange: 'bytes 7-9/10' },
    { range: 'bytes=8-', text: '89', contentRange: 'bytes 8-9/10' },
  ])('are read in part: $range', async ({ range, text, contentRange }) => {
    await put(subject, 'digits', '0123456789');
    const part = await subject.client.send(
      new GetObjectCommand({ Bucket: subject.bucket, Key: 'digits', Range: range }),
    );

    expect(part.ContentRange).toBe(contentRange);
    expect(part.$metadata.httpStatusCode).toBe(206);
    expect(await part.Body?.transformToString()).toBe(text);
  });

  it('fail to be read outside of themselves', async () => {
    await put(subject, 'digits', '0123456789');

    await expect(getText(subject, 'digits', { Range: 'bytes=10-' })).rejects.toMatchObject(
      s3Error('InvalidRange', 416),
    );
  });

  it('are read only if they are what the reader expects', async () => {
    const { ETag } = await put(subject, 'known', 'x');

    expect(await getText(subject, 'known', { IfMatch: ETag })).toBe('x');
    await expect(getText(subject, 'known', { IfMatch: '"other"' })).rejects.toMatchObject(
      s3Error('PreconditionFailed', 412),
    );
    await expect(getText(subject, 'known', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });

  it('are served with other headers when the reader asks', async () => {
    await put(subject, 'plain', 'x');
    const { ContentType, ContentDisposition } = await subject.client.send(
      new GetObjectCommand({
        Bucket: subject.bucket,
        Key: 'plain',
        ResponseContentType: 'text/csv',
        ResponseContentDisposition: 'attachment',
      }),
    );

    expect({ ContentType, ContentDisposition }).toEqual({
      ContentType: 'text/csv',
      ContentDisposition: 'attachment',
    });
  });

  it('are copied with or without their metadata', async () => {
    const { client, bucket: Bucket } = subject;
    await put(subject, 'source +ü', 'x', { Metadata: { a: '1' }, ContentType: 'text/csv' });
    const CopySource = `${Bucket}/${encodeURIComponent('source +ü')}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    await client.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'recast',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      }),
    );
    const copy = await client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    const recast = await client.send(new HeadObjectCommand({ Bucket, Key: 'recast' }));

    expect([copy.Metadata, copy.ContentType]).toEqual([{ a: '1' }, 'text/csv']);
    expect([recast.Metadata, recast.ContentType]).toEqual([{ b: '2' }, 'binary/octet-stream']);
    expect(await getText(subject, 'copy')).toBe('x');
  });

  it('are gone once deleted, and deleting them again is no failure', async () => {
    const { client, bucket: Bucket } = subject;
    await put(subject, 'doomed', 'x');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'doomed' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'doomed' }));

    await expect(getText(subject, 'doomed')).rejects.toMatchObject(s3Error('NoSuchKey', 404));
    await expect(
      client.send(new HeadObjectCommand({ Bucket, Key: 'doomed' })),
    ).rejects.toMatchObject(s3Error('NotFound', 404));
  });

  it('are read whole while they are replaced', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await put(subject, 'busy', versions[0] ?? '');
    const writer = (async () => {
      for (let round = 0; round < 20; round += 1) {
        await put(subject, 'busy', versions[round % 2] ?? '');
      }
    })();
    const readers = Array.from({ length: 40 }, async () => getText(subject, 'busy'));
    const seen = await Promise.all(readers);
    await writer;

    expect(seen.filter((text) => !versions.includes(text))).toEqual([]);
  });

  it('fail in a bucket that is not there', async () => {
    await expect(
      getText({ ...subject, client: subject.client, bucket: 'nowhere' }, 'k'),
    ).rejects.toMatchObject(s3Error('NoSuchBucket', 404));
  });
}
