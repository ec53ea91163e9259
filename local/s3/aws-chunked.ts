/**
 * The `aws-chunked` coding of streamed uploads: chunks that may carry signatures, and trailing
 * headers with the checksum.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { AwsError } from '../wire/aws-error.ts';

const LINE_END = Buffer.from('\r\n');
/** A signature of a chunk takes about 90 bytes. */
const LONGEST_LINE = 8192;

/**
 * Decodes a streamed upload and puts its trailing headers, in lower case, into `trailers`.
 * Signatures are not verified.
 *
 * @yields the content
 * @throws {AwsError} IncompleteBody if the coding is broken or ends early
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = createReader(source);
  for (;;) {
    const [size = ''] = (await reader.line()).split(';', 1);
    if (!/^[0-9a-fA-F]{1,10}$/.test(size)) throw broken(`'${size}' is not the size of a chunk`);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    yield* reader.take(bytes);
    if ((await reader.line()) !== '') throw broken(`a chunk is longer than its size ${bytes}`);
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

interface Reader {
  line(): Promise<string>;
  take(bytes: number): AsyncGenerator<Buffer>;
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const read = async (): Promise<Buffer> => {
    const next = await chunks.next();
    if (next.done === true) throw broken('it ends within a chunk');
    return next.value;
  };

  return {
    async line() {
      let end = rest.indexOf(LINE_END);
      while (end < 0) {
        if (rest.length > LONGEST_LINE) throw broken('a line of it is too long');
        rest = Buffer.concat([rest, await read()]);
        end = rest.indexOf(LINE_END);
      }
      const text = rest.toString('latin1', 0, end);
      rest = rest.subarray(end + LINE_END.length);
      return text;
    },
    async *take(bytes) {
      for (let missing = bytes; missing > 0;) {
        if (rest.length === 0) rest = await read();
        const piece = rest.subarray(0, missing);
        rest = rest.subarray(piece.length);
        missing -= piece.length;
        if (piece.length > 0) yield piece;
      }
    },
  };
}

function broken(reason: string): AwsError {
  return new AwsError('IncompleteBody', `the aws-chunked body is broken: ${reason}`);
}
