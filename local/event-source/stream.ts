/** What an event source mapping asks of a stream. */

export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Base 64. */
  readonly data: string;
  readonly arrivedAt: Date;
}

export interface Shard {
  readonly id: string;
  /** The shards it came from by a split or a merge. */
  readonly parentIds: readonly string[];
  /** No more records will come. */
  readonly closed: boolean;
}

export interface EventStream {
  shards(streamArn: string): Promise<readonly Shard[]>;
  /**
   * Returns at most `limit` records in order, those after a sequence number or, without one,
   * from the oldest that is kept.
   */
  read(
    streamArn: string,
    shardId: string,
    after: string | undefined,
    limit: number,
  ): Promise<readonly StreamRecord[]>;
  /** Calls the listener whenever records may have come to the stream; the result ends that. */
  onArrival?(streamArn: string, listener: () => void): () => void;
}
