/** Keeps records beside the requests of a server that goes on living: many in one put. */
import type { PredictionRecord } from '../core/model/records.ts';
import type { RecordSink } from './record-sink.ts';

export interface BackgroundSink extends RecordSink {
  /** Waits until everything so far is kept. */
  drained(): Promise<void>;
}

/** Records in one put; what PutRecords takes. */
const MOST_AT_ONCE = 500;

/** Records that may wait. Beyond it, requests wait with them: memory is not endless. */
const MOST_WAITING = 50_000;

export function backgroundSink(sink: RecordSink): BackgroundSink {
  let waiting: PredictionRecord[] = [];
  let draining: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    // One put after the other keeps the records of an entity in order.
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      await sink.keep(batch);
    }
    draining = undefined;
  };
  // Begun with the next turn, so that what comes together goes together.
  const begin = (): Promise<void> =>
    (draining ??= new Promise<void>((resolve) => setImmediate(resolve)).then(drain));

  return {
    async keep(records) {
      waiting.push(...records);
      const drained = begin();
      if (waiting.length > MOST_WAITING) await drained;
    },
    drained: async () => {
      await draining;
    },
  };
}
