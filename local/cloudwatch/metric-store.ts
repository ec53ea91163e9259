/** The numbers of CloudWatch in buckets of a minute, kept for some days. */
import { join } from 'node:path';
import type { Measurement, Metrics } from '../services.ts';
import { openStore, type Store } from '../store.ts';
import { addValue, type Bucket, EMPTY_BUCKET, mergeBuckets, mergeCounts } from './statistics.ts';

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Values that a client has summed up already (`StatisticValues` of PutMetricData). */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

const MINUTE_MS = 60_000;
/** Alarms may look back seven days. */
const KEPT_MS = 8 * 24 * 60 * MINUTE_MS;
/** What a kill may lose. */
const FLUSH_AFTER_MS = 1000;

type MetricListener = (metric: MetricIdentity, at: Date) => void;

interface Series {
  readonly identity: MetricIdentity;
  readonly buckets: Map<number, Bucket>;
}

export class MetricStore implements Metrics {
  readonly #file: Store<{ identity: MetricIdentity; bucket: Bucket }>;
  readonly #now: () => Date;
  readonly #series = new Map<string, Series>();
  readonly #unwritten = new Map<string, { series: Series; minute: number }>();
  #flushing: NodeJS.Timeout | undefined;
  #prunedAt = 0;
  #listener: MetricListener = () => undefined;

  constructor(folder: string, now: () => Date) {
    this.#now = now;
    this.#file = openStore(join(folder, 'metrics.jsonl'));
    for (const key of this.#file.keys()) {
      const stored = this.#file.get(key);
      if (stored) this.#seriesOf(stored.identity).buckets.set(minuteOfKey(key), stored.bucket);
    }
  }

  put({ namespace, name, dimensions, value, unit, at }: Measurement): void {
    this.#change({ namespace, name, dimensions }, at, (bucket) =>
      addValue(bucket, value, unit, Math.random),
    );
  }

  putSummary(metric: MetricIdentity, summary: Summary, unit: string | undefined, at: Date): void {
    this.#change(metric, at, (bucket) => ({
      ...mergeCounts(bucket, summary),
      values: bucket.values,
      unit,
    }));
  }

  /** Calls the listener with every metric that gets a value, and the time that it is for. */
  onPut(listener: MetricListener): void {
    this.#listener = listener;
  }

  list(): MetricIdentity[] {
    return [...this.#series.values()].map(({ identity }) => identity);
  }

  /** All values of [start, end), undefined if there are none; whole minutes in epoch milliseconds. */
  read(metric: MetricIdentity, start: number, end: number): Bucket | undefined {
    const buckets = this.#series.get(keyOf(metric))?.buckets;
    if (buckets === undefined) return undefined;
    const found = bucketsWithin(buckets, start, end);
    return found.length === 0 ? undefined : mergeBuckets(found);
  }

  /** The minutes from `start` on that have values, in epoch milliseconds. */
  minutes(metric: MetricIdentity, start: number): number[] {
    const buckets = this.#series.get(keyOf(metric))?.buckets;
    return buckets === undefined ? [] : [...buckets.keys()].filter((minute) => minute >= start);
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }

  #change(metric: MetricIdentity, at: Date, alter: (bucket: Bucket) => Bucket): void {
    const minute = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
    const series = this.#seriesOf(metric);
    series.buckets.set(minute, alter(series.buckets.get(minute) ?? EMPTY_BUCKET));
    this.#unwritten.set(`${keyOf(metric)}@${minute}`, { series, minute });
    this.#listener(metric, at);
    this.#flushing ??= setTimeout(() => this.#flush(), FLUSH_AFTER_MS).unref();
  }

  #flush(): void {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    for (const [key, { series, minute }] of this.#unwritten) {
      const bucket = series.buckets.get(minute);
      if (bucket) this.#file.set(key, { identity: series.identity, bucket });
    }
    this.#unwritten.clear();
    this.#prune();
  }

  #prune(): void {
    const time = this.#now().getTime();
    if (time - this.#prunedAt < 60 * MINUTE_MS) return;
    this.#prunedAt = time;
    for (const [key, { buckets }] of this.#series) {
      for (const minute of buckets.keys()) {
        if (minute >= time - KEPT_MS) continue;
        buckets.delete(minute);
        this.#file.delete(`${key}@${minute}`);
      }
    }
  }

  #seriesOf({ namespace, name, dimensions }: MetricIdentity): Series {
    const key = keyOf({ namespace, name, dimensions });
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { identity: { namespace, name, dimensions }, buckets: new Map() };
      this.#series.set(key, series);
    }
    return series;
  }
}

function bucketsWithin(buckets: ReadonlyMap<number, Bucket>, start: number, end: number): Bucket[] {
  // A long span of a sparse series is cheaper to read off the buckets there are.
  if ((end - start) / MINUTE_MS > buckets.size) {
    return [...buckets].filter(([minute]) => minute >= start && minute < end).map(([, one]) => one);
  }
  const found: Bucket[] = [];
  for (let minute = start; minute < end; minute += MINUTE_MS) {
    const bucket = buckets.get(minute);
    if (bucket) found.push(bucket);
  }
  return found;
}

export function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  const inOrder = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, ...inOrder]);
}

function minuteOfKey(key: string): number {
  return Number(key.slice(key.lastIndexOf('@') + 1));
}
