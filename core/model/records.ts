/** What is written down about a prediction, and about the truth that comes later. */

/**
 * How ids of predictions begin that only show that the system lives. They are answered and streamed
 * as any other, but nobody keeps them, so that monitors never count them.
 */
export const SMOKE_ID = 'tidemill-smoke-';

export type PredictionSource = 'online' | 'stream' | 'batch';

export type FeatureValue = string | number | null;

/** One prediction: what streams carry and S3 keeps, one JSON object a line. */
export interface PredictionRecord {
  /** The caller's, or derived from what was predicted, so that a retry yields the same. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly source: PredictionSource;
  /** When the request or event arrived: ISO 8601, UTC. */
  readonly at: string;
  readonly features: Readonly<Record<string, FeatureValue>>;
  /**
   * Binary: 1 from the declared threshold, else 0. Regression: the value. Several classes: the
   * place of the most probable one in the declaration, from 0.
   */
  readonly prediction: number;
  /** Binary: of the positive class. Several classes: of the one that is predicted. */
  readonly probability?: number;
  /** Several classes: the one that is predicted. */
  readonly class?: string;
  /** Whose answer it is, where it is not the champion's; a shadow's was given to nobody. */
  readonly variant?: 'challenger' | 'shadow';
  /** What the prediction is about; the partition key. */
  readonly entity?: string;
  /** Place of its event in the events stream: shard and sequence number. */
  readonly event?: string;
}

/** The truth about one prediction. */
export interface LabelRecord {
  /** Of the prediction. */
  readonly id: string;
  readonly model: string;
  /** When the label arrived: ISO 8601, UTC. */
  readonly at: string;
  /** The target as the model predicts it: 0 or 1 for binary, the value for regression. */
  readonly label: number;
}
