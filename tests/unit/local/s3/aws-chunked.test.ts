import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from '../../../../local/s3/aws-chunked.ts';

/**
 * Sends the bytes as a network may.
 *
 * @yields pieces of the given length
 */
async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) {
    yield bytes.subarray(start, start + length);
  }
}

async function decode(
  coded: string,
  pieceLength = 1000,
): Promise<{ content: string; trailers: Record<string, string> }> {
  const trailers = new Map<string, string>();
  const pieces: Buffer[] = [];
  for await (const piece of decodeAwsChunked(inPieces(Buffer.from(coded), pieceLength), trailers)) {
    pieces.push(piece);
  }
  return { content: Buffer.concat(pieces).toString(), trailers: Object.fromEntries(trailers) };
}

describe('decodeAwsChunked', () => {
  it('reads chunks and the trailing checksum', async () => {
    const coded = '5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-Crc32:DUoRhQ==\r\n\r\n';

    expect(await decode(coded)).toEqual({
      content: 'hello world',
      trailers: { 'x-amz-checksum-crc32': 'DUoRhQ==' },
    });
  });

  it('reads signed chunks', async () => {
    const coded = '5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\n\r\n';

    expect(await decode(coded)).toEqual({ content: 'hello', trailers: {} });
  });

  it('reads the same however the network cuts it', async () => {
    const coded = 'b\r\n\r\n5\r\nhello\r\r\n0\r\na:b\r\n\r\n';
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: coded.length }), async (length) => {
        const { content, trailers } = await decode(coded, length);

        expect(content).toBe('\r\n5\r\nhello\r');
        expect(trailers).toEqual({ a: 'b' });
      }),
    );
  });

  it.each([
    { wrong: 'it ends early', coded: '5\r\nhel' },
    { wrong: 'the last chunk is missing', coded: '5\r\nhello\r\n' },
    { wrong: 'a size is no number', coded: 'five\r\nhello\r\n0\r\n\r\n' },
    { wrong: 'a chunk is longer than its size', coded: '4\r\nhello\r\n0\r\n\r\n' },
  ])('fails when $wrong', async ({ coded }) => {
    await expect(decode(coded)).rejects.toMatchObject({ code: 'IncompleteBody', status: 400 });
  });
});
