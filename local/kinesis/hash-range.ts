/**
 * Which hash keys fall to which shard. A hash key is a number of 128 bits; it is kept as 32
 * hexadecimal digits, of which the order as text is that of the numbers.
 */
import { createHash } from 'node:crypto';

/** From the first to the last key, both within. */
export interface HashRange {
  readonly first: string;
  readonly last: string;
}

const KEYS = 2n ** 128n;
const DIGITS = 32;

/** Returns the hash key of a partition key, which is its MD5. */
export function hashKeyOf(partitionKey: string): string {
  return createHash('md5').update(partitionKey).digest('hex');
}

/** Returns a hash key that AWS writes in decimal digits; undefined if it has more than 128 bits. */
export function fromDecimal(text: string): string | undefined {
  const key = BigInt(text);
  return key < KEYS ? toHex(key) : undefined;
}

/** Returns a hash key as AWS writes it. */
export function toDecimal(key: string): string {
  return toNumber(key).toString();
}

/** Returns the ranges of so many shards of equal width, the last of which takes the remainder. */
export function equalRanges(count: number): HashRange[] {
  const width = KEYS / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    first: toHex(width * BigInt(index)),
    last: toHex((index === count - 1 ? KEYS : width * BigInt(index + 1)) - 1n),
  }));
}

/** Returns the parts of a range, of which the second begins at the key. */
export function cutAt(key: string, { first, last }: HashRange): [HashRange, HashRange] {
  return [
    { first, last: toHex(toNumber(key) - 1n) },
    { first: key, last },
  ];
}

/** Tells whether the second range begins where the first ends. */
export function areAdjacent(one: HashRange, other: HashRange): boolean {
  return toNumber(one.last) + 1n === toNumber(other.first);
}

/** Tells whether a range can be split at a key: both parts must have more than one key. */
export function isWithin(key: string, { first, last }: HashRange): boolean {
  return toNumber(key) > toNumber(first) + 1n && key < last;
}

function toNumber(key: string): bigint {
  return BigInt(`0x${key}`);
}

function toHex(key: bigint): string {
  return key.toString(16).padStart(DIGITS, '0');
}
