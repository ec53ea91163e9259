/** What an S3 request is about: bucket, key and query, in either style of address. */
import { AwsError } from '../wire/aws-error.ts';
import type { WireRequest } from '../wire/service.ts';

export interface S3Address {
  /** Empty for requests about the account. */
  readonly bucket: string;
  /** Empty for requests about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

const LONGEST_KEY_BYTES = 1024;

/**
 * Reads the address of a request: `host/bucket/key`, or `bucket.host/key` for hosts under
 * `localhost` or `amazonaws.com`. The path is taken as sent: `..` and `//` are parts of keys.
 *
 * @throws {AwsError} KeyTooLongError, or InvalidURI if the path cannot be decoded
 */
export function readAddress(request: WireRequest): S3Address {
  const url = request.url ?? '';
  const rawPath = url.split('?', 1)[0] ?? '';
  const search = url.slice(rawPath.length + 1);
  const path = decodePath(rawPath.replace(/^\//, ''));
  const hostBucket = bucketOfHost(hostOf(request));
  const slash = path.indexOf('/');
  const cut = slash < 0 ? path.length : slash;
  const key = hostBucket === undefined ? path.slice(cut + 1) : path;
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', {
      fields: { Size: Buffer.byteLength(key), MaxSizeAllowed: LONGEST_KEY_BYTES },
    });
  }
  return { bucket: hostBucket ?? path.slice(0, cut), key, query: new URLSearchParams(search) };
}

/** Returns the bucket and key that `x-amz-copy-source` names. */
export function readCopySource(header: string): { bucket: string; key: string } {
  const path = decodePath((header.split('?versionId=', 1)[0] ?? '').replace(/^\//, ''));
  const slash = path.indexOf('/');
  if (slash <= 0 || slash === path.length - 1) {
    throw new AwsError(
      'InvalidArgument',
      `copy source '${header}' must have the form <bucket>/<key>, percent-encoded`,
    );
  }
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function hostOf(request: WireRequest): string {
  return String(request.headers[':authority'] ?? request.headers.host ?? '').replace(/:\d+$/, '');
}

function bucketOfHost(host: string): string | undefined {
  const match = /^(.+?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.(?:localhost|amazonaws\.com)$/.exec(host);
  const name = match?.[1];
  return name === undefined || /^s3([.-][a-z0-9-]+)?$/.test(name) ? undefined : name;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', `the path '${path}' is not percent-encoded UTF-8`);
  }
}
