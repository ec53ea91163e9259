/** Events of a stream, before anything is predicted for them. */
import type { Problem } from '../model/problem.ts';
import type { QuarantineReason } from '../model/quarantine.ts';

/** A record as its shard gave it. */
export interface StreamRecord {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  /** Shard, sequence number and part in one text, as `placeOf` gives it. */
  readonly place: string;
  /** Place in the aggregated record that it came in, from 0; undefined if it came by itself. */
  readonly part: number | undefined;
  readonly partitionKey: string;
  readonly arrivedAt: Date;
  readonly data: Uint8Array;
}

/** An event that was understood, with its features as they came. */
export interface DecodedEvent {
  readonly record: StreamRecord;
  /** The caller's, or a hash of the event's place in the stream. */
  readonly id: string;
  /** What it is about. */
  readonly entity: string | undefined;
  /** When it happened, as it says, or else when the stream took it; milliseconds since 1970. */
  readonly time: number;
  readonly features: Readonly<Record<string, unknown>>;
  /** JSON pointer to the features. */
  readonly pointer: string;
  /** Whether it came as a CloudEvent, and is to be answered by one. */
  readonly isCloudEvent: boolean;
}

/** An event that cannot be answered, and why. */
export interface UnfitEvent {
  readonly record: StreamRecord;
  /** The caller's, where it could be read. */
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly problems: readonly Problem[];
}

/** Place of an event in its stream, as Lambda writes it: `shardId-000000000000:<sequence number>`. */
export function placeOf({ shard, sequenceNumber, part }: Placed): string {
  return part === undefined ? `${shard}:${sequenceNumber}` : `${shard}:${sequenceNumber}:${part}`;
}

interface Placed {
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly part?: number | undefined;
}
