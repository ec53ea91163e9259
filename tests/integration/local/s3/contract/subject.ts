/** What the contract of S3 is tried on: any S3 and a bucket in it. */
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface Subject {
  readonly client: S3Client;
  readonly bucket: string;
}

export async function put(
  { client, bucket }: Subject,
  key: string,
  body: string | Uint8Array,
  more: Partial<PutObjectCommandInput> = {},
): Promise<PutObjectCommandOutput> {
  return client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }));
}

export async function getText(
  { client, bucket }: Subject,
  key: string,
  more: Partial<GetObjectCommandInput> = {},
): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }));
  return (await Body?.transformToString()) ?? '';
}

/** What a client sees of an S3 error. */
export function s3Error(name: string, status: number): object {
  return { name, $metadata: { httpStatusCode: status } };
}
