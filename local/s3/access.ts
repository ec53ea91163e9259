/** What policies are asked about a request to S3. */
import { AwsError } from '../wire/aws-error.ts';
import type { Input } from '../wire/operations.ts';
import { header, type S3Call } from './call.ts';
import { readCopySource } from './request.ts';

/** Headers and parameters of a request that conditions may be about. */
const CONDITIONS = {
  header: ['if-match', 'if-none-match'],
  query: ['prefix', 'delimiter', 'max-keys'],
} as const;

/** Returns what the request is about, with conditions under the names of their keys. */
export function askedOf(call: S3Call): Input {
  const source = header(call, 'x-amz-copy-source');
  const from = source === undefined ? undefined : readCopySource(source);
  return {
    bucket: call.bucket,
    key: call.key,
    ...(from && { from: `${from.bucket}/${from.key}` }),
    ...Object.fromEntries([
      ...CONDITIONS.header.map((name) => [`s3:${name}`, header(call, name)]),
      ...CONDITIONS.query.map((name) => [`s3:${name}`, call.query.get(name) ?? undefined]),
    ]),
  };
}

/**
 * S3 tells that a key is missing only those who may list the whole bucket; others may not read it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function hideMissing({ bucket, caller }: S3Call, cause: unknown): unknown {
  if (!(cause instanceof AwsError) || cause.code !== 'NoSuchKey') return cause;
  return caller.refusal('HEAD bucket', { bucket }) ?? cause;
}
