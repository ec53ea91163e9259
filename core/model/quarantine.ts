/** What is written down about an event that could not be answered. */
import type { Problem } from './problem.ts';

/**
 * - `unreadable`: no JSON, or packed so that it cannot be unpacked
 * - `not-an-event`: JSON, but without features, or with an id, entity or time that is none
 * - `invalid`: features that are not what the declaration says
 * - `unscorable`: the model fails on it, or gives no number for it
 * - `too-large`: the prediction record is more than a stream takes
 */
export const QUARANTINE_REASONS = [
  'unreadable',
  'not-an-event',
  'invalid',
  'unscorable',
  'too-large',
] as const;

export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** One event in the quarantine, one JSON object a line, with all that is needed to answer it later. */
export interface QuarantinedEvent {
  /** The one that its prediction would have had. */
  readonly id: string;
  readonly model: string;
  readonly reason: QuarantineReason;
  readonly problems: readonly Problem[];
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  /** Place among the events of an aggregated record, from 0. */
  readonly part?: number;
  readonly partitionKey: string;
  /** When the stream took it. ISO 8601, UTC. */
  readonly arrivedAt: string;
  /** Its bytes, base64. */
  readonly data: string;
}
