/** All that a replay tells; the same rows and the same seed give the same, to the byte. */
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import type { PeriodOutcome } from './periods.ts';

export interface ReplayReport {
  readonly model: string;
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  readonly seed: number;
  /** Share of the rows that was played. */
  readonly share: number;
  /** The version that began to answer. */
  readonly firstVersion: number;
  readonly events: number;
  readonly predictions: number;
  readonly labels: number;
  /** Days of the dataset that were put, each when its labels were in. */
  readonly days: number;
  readonly periods: readonly PeriodOutcome[];
  readonly timeline: readonly TimelineEntry[];
}
