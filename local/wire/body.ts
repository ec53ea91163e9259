/** Reading the body of a request whole. */
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
