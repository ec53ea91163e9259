/** Taking in the body of an upload, and verifying it by everything the sender says of it. */
import { unlink } from 'node:fs/promises';
import { AwsError } from '../wire/aws-error.ts';
import type { WireRequest } from '../wire/service.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { type BodyFile, writeBodyFile } from './body-file.ts';
import {
  type ChecksumAlgorithm,
  checksumHeader,
  type ClaimedChecksum,
  claimedChecksum,
} from './checksums.ts';

/** What S3 takes in one request. */
const LARGEST_UPLOAD_BYTES = 5 * 2 ** 30;

export interface Received extends BodyFile {
  /** The algorithm of `checksum`. */
  readonly algorithm?: ChecksumAlgorithm;
}

/**
 * Writes the body of a request to a file.
 *
 * @param fallback the algorithm of a checksum to compute if the sender names none
 * @throws {AwsError} BadDigest and the like if the body is not what the headers say it is
 */
export async function receive(
  request: WireRequest,
  path: string,
  fallback?: ChecksumAlgorithm,
): Promise<Received> {
  const { headers } = request;
  requireLength(headers);
  const claimed = claimedChecksum(headers);
  const algorithm = claimed?.algorithm ?? fallback;
  const contentSha256 = String(headers['x-amz-content-sha256'] ?? '');
  const sha256 = /^[0-9a-f]{64}$/.test(contentSha256);
  const trailers = new Map<string, string>();
  // A failure must not destroy the request: its sender is to be told the reason.
  const source: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  const content = isChunked(headers) ? decodeAwsChunked(source, trailers) : source;

  const body = await writeBodyFile(path, content, { algorithm, sha256 });
  try {
    if (sha256 && body.sha256 !== contentSha256) throw contentSha256Mismatch();
    verifyLength(headers, body);
    verifyMd5(headers, body);
    if (claimed) verifyChecksum(claimed, trailers, body);
  } catch (cause) {
    await unlink(path);
    throw cause;
  }
  return { ...body, ...(algorithm && { algorithm }) };
}

function isChunked(headers: WireRequest['headers']): boolean {
  const coding = headers['content-encoding'] ?? '';
  const streaming = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  return streaming || /\baws-chunked\b/.test(coding);
}

function requireLength(headers: WireRequest['headers']): void {
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  const delimited = headers['transfer-encoding'] ?? headers[':method'];
  if (length === undefined && delimited === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', {
      status: 411,
    });
  }
  if (Number(length) > LARGEST_UPLOAD_BYTES) {
    const message = 'Your proposed upload exceeds the maximum allowed size';
    throw new AwsError('EntityTooLarge', message, {
      fields: { ProposedSize: length, MaxSizeAllowed: LARGEST_UPLOAD_BYTES },
    });
  }
}

function verifyLength(headers: WireRequest['headers'], { size }: BodyFile): void {
  const decodedLength = headers['x-amz-decoded-content-length'];
  if (decodedLength === undefined || Number(decodedLength) === size) return;
  throw new AwsError(
    'IncompleteBody',
    `the body has ${size} bytes, x-amz-decoded-content-length says ${String(decodedLength)}`,
  );
}

function verifyMd5(headers: WireRequest['headers'], { md5 }: BodyFile): void {
  const expected = headers['content-md5'];
  if (expected === undefined) return;
  const bytes = Buffer.from(String(expected), 'base64');
  if (bytes.length !== 16) {
    throw new AwsError(
      'InvalidDigest',
      `Content-MD5 '${String(expected)}' is not 16 bytes in base64`,
    );
  }
  if (bytes.toString('hex') !== md5) throw badDigest('MD5', bytes.toString('hex'), md5);
}

function verifyChecksum(
  { algorithm, value }: ClaimedChecksum,
  trailers: ReadonlyMap<string, string>,
  { checksum = '' }: BodyFile,
): void {
  const expected = value ?? trailers.get(checksumHeader(algorithm)) ?? checksum;
  if (expected !== checksum) throw badDigest(algorithm, expected, checksum);
}

function badDigest(algorithm: string, expected: string, computed: string): AwsError {
  return new AwsError(
    'BadDigest',
    `The ${algorithm} you specified did not match the calculated checksum.`,
    { fields: { ExpectedDigest: expected, CalculatedDigest: computed } },
  );
}

function contentSha256Mismatch(): AwsError {
  return new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}
