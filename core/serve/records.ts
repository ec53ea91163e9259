/** Prediction records: what is kept of each answer. */
import { hash } from 'node:crypto';
import type { PredictionRecord, PredictionSource } from '../model/records.ts';
import type { Prediction } from './decide.ts';
import type { StreamRecord } from './event.ts';
import type { Features } from './validate.ts';

/** Longest id that a caller may give. */
export const LONGEST_ID = 256;

export const EXPECTED_ID = `text of 1 to ${LONGEST_ID} characters, or a whole number`;

/** Returns an id as records keep it; undefined if the value cannot be one. */
export function asId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  const fits = typeof value === 'string' && value.length > 0 && value.length <= LONGEST_ID;
  return fits ? value : undefined;
}

/**
 * Returns the id of an event that brings none: a hash of its place in the stream, shaped as a
 * UUID (version 8, RFC 9562). The same event gets the same id whenever and by whichever version
 * it is predicted, so a reader can drop second copies.
 */
export function idOfEvent({ stream, place }: Pick<StreamRecord, 'stream' | 'place'>): string {
  const hex = hash('sha256', `${stream}/${place}`);
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 0x3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Id of one row of a request. A row alone has the id of its request. */
export function idOfRow(requestId: string, row: number, rows: number): string {
  return rows === 1 ? requestId : `${requestId}-${row}`;
}

export interface RecordContext {
  readonly model: string;
  readonly version: number;
  readonly source: PredictionSource;
  /** Whose answer it is. @default the champion's */
  readonly variant?: PredictionRecord['variant'];
  /** Feature that names what a prediction is about. */
  readonly entityFeature?: string | undefined;
}

export interface PredictedRow {
  readonly id: string;
  /** When the request or event arrived. ISO 8601, UTC. */
  readonly at: string;
  readonly features: Features;
  readonly prediction: Prediction;
  /** What the prediction is about. @default the value of the declared entity feature */
  readonly entity?: string | undefined;
  /** Place of its event in the events stream. */
  readonly event?: string | undefined;
}

export function recordOf(
  { model, version, source, variant, entityFeature }: RecordContext,
  { id, at, features, prediction, entity, event }: PredictedRow,
): PredictionRecord {
  const about = entity ?? (entityFeature === undefined ? null : features[entityFeature]);
  // Set one by one, which takes a tenth of the time of spreading: a stream makes very many.
  const record: { -readonly [Name in keyof PredictionRecord]: PredictionRecord[Name] } = {
    id,
    model,
    version,
    source,
    at,
    features,
    prediction: prediction.prediction,
  };
  if (prediction.class !== undefined) record.class = prediction.class;
  if (prediction.probability !== undefined) record.probability = prediction.probability;
  if (variant !== undefined) record.variant = variant;
  if (typeof about === 'string') record.entity = about;
  if (event !== undefined) record.event = event;
  return record;
}

/** Partition key of a record: its entity's records stay in order; without one, its id spreads them. */
export function partitionKeyOf({ entity, id }: PredictionRecord): string {
  return (entity ?? id).slice(0, LONGEST_ID);
}
