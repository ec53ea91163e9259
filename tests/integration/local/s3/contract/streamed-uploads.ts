import { GetObjectCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { put, s3Error, type Subject } from './subject.ts';

export function streamedUploadsContract(subject: Subject): void {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'arrive whole, and %s is given back',
    async (ChecksumAlgorithm) => {
      const { client, bucket: Bucket } = subject;
      const bytes = randomBytes(300_000);
      const stored = await put(subject, 'streamed', Readable.from([bytes]) as never, {
        ContentLength: bytes.length,
        ChecksumAlgorithm,
      });
      const got = await client.send(
        new GetObjectCommand({ Bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }),
      );
      const received = (await got.Body?.transformToByteArray()) ?? new Uint8Array();

      expect(Buffer.compare(received, bytes)).toBe(0);
      // How it was streamed is not part of the object.
      expect(got.ContentEncoding).toBeUndefined();
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(stored[`Checksum${ChecksumAlgorithm}`]);
      expect(stored[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/);
    },
  );

  it.each([
    { wrong: 'checksum', more: { ChecksumCRC32: 'AAAAAA==' } },
    { wrong: 'MD5', more: { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' } },
  ])('fail when the $wrong is another, and leave nothing', async ({ more }) => {
    const { client, bucket: Bucket } = subject;

    await expect(put(subject, 'corrupt', 'hello', more)).rejects.toMatchObject(
      s3Error('BadDigest', 400),
    );
    await expect(
      client.send(new GetObjectCommand({ Bucket, Key: 'corrupt' })),
    ).rejects.toMatchObject(s3Error('NoSuchKey', 404));
  });
}
