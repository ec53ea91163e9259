/** Sizes that no declaration gives: infrastructure makes what the bill counts, so they stand here. */
import type { JobSize } from './definition.ts';

/** Of the monitoring job, and of the scoring job of a model without batches on schedule. */
export const SMALL_JOB: JobSize = { vcpus: 1, memoryMiB: 4096 };

/** Of the function that predicts for a stream's events: six tenths of a core. */
export const CONSUMER = { memoryMiB: 1024 } as const;

/** Of the function that keeps predictions: few, large objects, since monitors and analysts read them all. */
export const ARCHIVE = { memoryMiB: 512, batchSize: 5000, windowSeconds: 15 } as const;
