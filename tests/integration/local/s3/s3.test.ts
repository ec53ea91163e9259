import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorageRegion, type StorageRegion } from '../storage-region.ts';
import { bucketsContract } from './contract/buckets.ts';
import { conditionalWritesContract } from './contract/conditional-writes.ts';
import { listingContract } from './contract/listing.ts';
import { multipartContract } from './contract/multipart.ts';
import { objectsContract } from './contract/objects.ts';
import type { Subject } from './contract/subject.ts';
import { streamedUploadsContract } from './contract/streamed-uploads.ts';

const folder = mkdtempSync(join(tmpdir(), 's3-'));
const bucket = 'contract';
let region: StorageRegion;
let client: S3Client;

beforeAll(async () => {
  region = await openStorageRegion(folder);
  client = new S3Client(region.client);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(async () => {
  client.destroy();
  await region.close();
  rmSync(folder, { recursive: true });
});

const subject: Subject = {
  bucket,
  get client() {
    return client;
  },
};

describe('buckets', () => {
  bucketsContract(subject);
});
describe('objects', () => {
  objectsContract(subject);
});
describe('conditional writes', () => {
  conditionalWritesContract(subject);
});
describe('listing', () => {
  listingContract(subject);
});
describe('multipart uploads', () => {
  multipartContract(subject);
});
describe('streamed uploads', () => {
  streamedUploadsContract(subject);
});

describe('a broken upload', () => {
  it('is refused with the reason, even if the sender is not done', async () => {
    const response = await fetch(`${region.client.endpoint}/${bucket}/broken`, {
      method: 'PUT',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/s3/aws4_request',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      },
      body: 'no chunk\r\n'.repeat(1_000_000),
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
    await expect(
      client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'broken' })),
    ).rejects.toThrow(/NotFound|UnknownError/);
  });
});
