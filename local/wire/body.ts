/** Reading the body of a request whole. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsError } from './aws-error.ts';
import type { WireRequest } from './service.ts';

/** Larger than any request of a service that is not S3: Lambda takes 6 MB, Kinesis 7, DynamoDB 16. */
const DEFAULT_LIMIT_BYTES = 16 * 2 ** 20;

/**
 * Returns the body of a request.
 *
 * @throws {AwsError} RequestEntityTooLargeException (413) if it is longer than `limitBytes`
 */
export async function readBody(
  request: WireRequest,
  limitBytes = DEFAULT_LIMIT_BYTES,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped: a client that is still sending would not see the answer.
    if (bytes <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > limitBytes) {
    throw new AwsError(
      'RequestEntityTooLargeException',
      `the request body has ${bytes} bytes; at most ${limitBytes} are accepted`,
      { status: 413 },
    );
  }
  return Buffer.concat(chunks, bytes);
}

const unzip = promisify(gunzip);

/**
 * Returns the body as it was before a client compressed it: SDKs do so with operations that may
 * carry much, such as PutMetricData.
 *
 * @throws {AwsError} RequestEntityTooLargeException (413), or SerializationException if it is no gzip
 */
export async function readContent(request: WireRequest): Promise<Buffer> {
  const body = await readBody(request);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  return unzip(body, { maxOutputLength: DEFAULT_LIMIT_BYTES }).catch((cause: unknown) => {
    throw new AwsError('SerializationException', `the body cannot be unzipped: ${String(cause)}`);
  });
}
