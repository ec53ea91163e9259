/** The region's Kinesis as a source of events. */
import type { StreamBook } from '../kinesis/stream-book.ts';
import type { EventStream } from './stream.ts';

/** As much as one GetRecords gives. */
const MOST_BYTES = 10 * 2 ** 20;

/**
 * Reads streams where they are kept, without the network.
 *
 * @param onArrival tells a listener of the streams, by name, that records were put to
 */
export function createKinesisStream(
  streams: StreamBook,
  onArrival: (listener: (streamName: string) => void) => () => void,
): EventStream {
  return {
    async shards(streamArn) {
      const stream = streams.find({ StreamARN: streamArn });
      return stream.shards.map(({ id, parentIds, last }) => ({
        id,
        parentIds,
        closed: last !== undefined,
      }));
    },
    async read(streamArn, shardId, after, limit) {
      const stream = streams.find({ StreamARN: streamArn });
      const shard = stream.shards.find(({ id }) => id === shardId);
      if (shard === undefined) return [];
      // A number of a stream that was deleted since says nothing of this one, which is read whole.
      const from = after === undefined ? undefined : stream.numbers.read(after);
      const limits = { records: limit, bytes: MOST_BYTES };
      return stream.read(shard, from === undefined ? 0 : from + 1, limits).records;
    },
    onArrival: (streamArn, listener) =>
      onArrival((name) => {
        if (streamArn.endsWith(`:stream/${name}`)) listener();
      }),
  };
}
