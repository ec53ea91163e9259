/**
 * The sequence numbers of a stream: 56 digits, as on AWS. The last of them count the stream's
 * records, so that numbers grow within a shard and from parents to children; those before tell
 * when the stream was made, so that one of the same name that comes after it has others.
 */
export interface SequenceNumbers {
  write(count: number): string;
  /** Returns the count, or undefined for what is no sequence number of the stream. */
  read(text: string): number | undefined;
}

const START = '49';
const TIME_DIGITS = 38;
const COUNT_DIGITS = 16;
/** So that times before 1970 are not negative: the year 0 in milliseconds before that. */
const YEAR_0_MS = 62_167_219_200_000;

/** @param createdAt when the stream was made, in milliseconds since 1970 */
export function sequenceNumbersOf(createdAt: number): SequenceNumbers {
  const prefix = START + String(createdAt + YEAR_0_MS).padStart(TIME_DIGITS, '0');
  return {
    write: (count) => prefix + String(count).padStart(COUNT_DIGITS, '0'),
    read(text) {
      const count = text.slice(prefix.length);
      const isOurs = text.startsWith(prefix) && count.length === COUNT_DIGITS;
      return isOurs && /^\d+$/.test(count) ? Number(count) : undefined;
    },
  };
}
