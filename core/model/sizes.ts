/** What holds where no declaration says it, said once: infrastructure makes what the bill counts. */
import type { JobSize } from './definition.ts';

/** Of the monitoring job, and of the scoring job of a model without batches on schedule. */
export const SMALL_JOB: JobSize = { vcpus: 1, memoryMiB: 4096 };

/** Of the function that predicts for a stream's events: six tenths of a core. */
export const CONSUMER = { memoryMiB: 1024 } as const;

/** Of the function that keeps predictions: few, large objects, since monitors and analysts read them all. */
export const ARCHIVE = { memoryMiB: 512, batchSize: 5000, windowSeconds: 15 } as const;

/** Seconds within which a promotion is served, where the endpoint declares none or there is none. */
export const RELOAD_SECONDS = 5;
