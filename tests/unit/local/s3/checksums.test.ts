import { describe, expect, it } from 'vitest';
import {
  claimedChecksum,
  compositeChecksum,
  createDigest,
} from '../../../../local/s3/checksums.ts';

describe('createDigest', () => {
  // Of the text '123456789': the check values in the catalogue of parametrised CRC algorithms
  // (reveng.sourceforge.io), and what coreutils' sha1sum and sha256sum print.
  it.each([
    { algorithm: 'CRC32', hex: 'cbf43926' },
    { algorithm: 'CRC32C', hex: 'e3069283' },
    { algorithm: 'CRC64NVME', hex: 'ae8b14860a799888' },
    { algorithm: 'SHA1', hex: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441' },
    {
      algorithm: 'SHA256',
      hex: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    },
  ] as const)('of 123456789 by $algorithm is $hex', async ({ algorithm, hex }) => {
    const digest = createDigest(algorithm);
    digest.update(Buffer.from('12345'));
    digest.update(Buffer.from('6789'));

    expect(Buffer.from(await digest.finish(), 'base64').toString('hex')).toBe(hex);
  });
});

describe('compositeChecksum', () => {
  it('is the checksum of the checksums and their number', async () => {
    const digest = createDigest('SHA256');
    digest.update(Buffer.from('ab'));

    // 'YQ==' and 'Yg==' are base64 of 'a' and 'b'
    expect(await compositeChecksum('SHA256', ['YQ==', 'Yg=='])).toBe(`${await digest.finish()}-2`);
  });
});

describe('claimedChecksum', () => {
  it('takes the value from its header, and the algorithm from the trailer or its own header', () => {
    expect(claimedChecksum({ 'x-amz-checksum-crc32': 'AAAAAA==' })).toEqual({
      algorithm: 'CRC32',
      value: 'AAAAAA==',
    });
    expect(claimedChecksum({ 'x-amz-trailer': 'x-amz-checksum-crc64nvme' })).toEqual({
      algorithm: 'CRC64NVME',
    });
    expect(claimedChecksum({ 'x-amz-sdk-checksum-algorithm': 'SHA1' })).toEqual({
      algorithm: 'SHA1',
    });
    expect(claimedChecksum({})).toBeUndefined();
  });

  it('fails for an algorithm that S3 does not have', () => {
    expect(() => claimedChecksum({ 'x-amz-checksum-algorithm': 'ADLER32' })).toThrow(
      "checksum algorithm 'ADLER32' must be one of CRC32, CRC32C, CRC64NVME, SHA1, SHA256",
    );
  });
});
