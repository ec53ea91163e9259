/** The checksums that S3 takes with an upload and gives back with a download. */
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { createHash } from 'node:crypto';
import { AwsError } from '../wire/aws-error.ts';
import type { WireRequest } from '../wire/service.ts';

const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Of the whole object, or of the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

export interface Digest {
  update(bytes: Uint8Array): void;
  /** Returns the checksum in base64. */
  finish(): Promise<string>;
}

export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm.toLowerCase());
    return {
      update: (bytes) => void hash.update(bytes),
      finish: async () => hash.digest('base64'),
    };
  }
  const crc = { CRC32: Crc32, CRC32C: Crc32c, CRC64NVME: Crc64Nvme }[algorithm];
  const state = new crc();
  return {
    update: (bytes) => state.update(bytes),
    finish: async () => Buffer.from(await state.digest()).toString('base64'),
  };
}

/** Returns the checksum of the parts' checksums, `-` and how many they are. */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly string[],
): Promise<string> {
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return `${await digest.finish()}-${parts.length}`;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** What the sender says about a checksum: its value now, or only later in a trailer. */
export interface ClaimedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
}

/**
 * Returns the checksum that the request's headers speak of.
 *
 * @throws {AwsError} InvalidRequest if they name an algorithm that S3 does not have
 */
export function claimedChecksum(headers: WireRequest['headers']): ClaimedChecksum | undefined {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = headers[checksumHeader(algorithm)];
    if (typeof value === 'string') return { algorithm, value };
  }
  const trailer = /^x-amz-checksum-(\w+)$/.exec(String(headers['x-amz-trailer'] ?? ''))?.[1];
  const named =
    trailer ?? headers['x-amz-checksum-algorithm'] ?? headers['x-amz-sdk-checksum-algorithm'];
  return named === undefined ? undefined : { algorithm: parseChecksumAlgorithm(String(named)) };
}

export function parseChecksumAlgorithm(name: string): ChecksumAlgorithm {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
  if (found) return found;
  throw new AwsError(
    'InvalidRequest',
    `checksum algorithm '${name}' must be one of ${CHECKSUM_ALGORITHMS.join(', ')}`,
  );
}
