/** Brings a stream to shards of equal width, by splits and merges as AWS does. */
import { cutAt, equalRanges, type HashRange } from './hash-range.ts';
import type { Shard, Stream } from './stream.ts';

/** Cuts wherever a range is to begin, then joins what lies in one range. */
export function rescale(stream: Stream, count: number): void {
  const ranges = equalRanges(count);
  for (const { first } of ranges) split(stream, first);
  for (const range of ranges) join(stream, range);
}

function split(stream: Stream, key: string): void {
  const shard = stream.openShards.find(({ keys }) => keys.first < key && key <= keys.last);
  if (shard !== undefined) stream.replace([shard], cutAt(key, shard.keys));
}

function join(stream: Stream, range: HashRange): void {
  const within = ({ keys }: Shard): boolean => keys.first >= range.first && keys.last <= range.last;
  for (;;) {
    const [low, high] = stream.openShards
      .filter(within)
      .toSorted((a, b) => (a.keys.first < b.keys.first ? -1 : 1));
    if (low === undefined || high === undefined) return;
    stream.replace([low, high], [{ first: low.keys.first, last: high.keys.last }]);
  }
}
