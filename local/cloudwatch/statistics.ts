/** What CloudWatch keeps of the values of a minute, and the statistics it answers from that. */

/** Values that came within one minute. */
export interface Bucket {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The values themselves, for percentiles; a fair sample of them beyond `KEPT_VALUES`. */
  readonly values: readonly number[];
  readonly unit?: string | undefined;
}

/** Up to this many values a minute, percentiles are exact. */
export const KEPT_VALUES = 200;

export const EMPTY_BUCKET: Bucket = { count: 0, sum: 0, min: Infinity, max: -Infinity, values: [] };

/**
 * Returns the bucket with one more value. Beyond the bound each value is kept with the same
 * probability (reservoir sampling, algorithm R).
 *
 * @param random a number in [0, 1)
 */
export function addValue(
  bucket: Bucket,
  value: number,
  unit: string | undefined,
  random: () => number,
): Bucket {
  const values = [...bucket.values];
  if (values.length < KEPT_VALUES) values.push(value);
  else {
    const place = Math.floor(random() * (bucket.count + 1));
    if (place < KEPT_VALUES) values[place] = value;
  }
  return { ...mergeCounts(bucket, { count: 1, sum: value, min: value, max: value }), values, unit };
}

/** Returns one bucket for several, as for a period longer than a minute. */
export function mergeBuckets(buckets: readonly Bucket[]): Bucket {
  return buckets.reduce(
    (merged, bucket) => ({
      ...mergeCounts(merged, bucket),
      values: [...merged.values, ...bucket.values],
      unit: bucket.unit ?? merged.unit,
    }),
    EMPTY_BUCKET,
  );
}

type Counts = Pick<Bucket, 'count' | 'sum' | 'min' | 'max'>;

export function mergeCounts(a: Counts, b: Counts): Counts {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** A statistic that the region does not know. */
export class UnknownStatisticError extends Error {
  override readonly name = 'UnknownStatisticError';

  constructor(statistic: string) {
    super(
      `statistic '${statistic}' is not known here; ` +
        `use Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p99`,
    );
  }
}

/**
 * Returns a statistic of a bucket that has values. Percentiles interpolate linearly between the two
 * nearest values (type 7 of Hyndman and Fan, 1996).
 *
 * @param statistic `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or `p0` to `p100`
 * @throws {UnknownStatisticError} for any other
 */
export function statisticOf(bucket: Bucket, statistic: string): number {
  switch (statistic) {
    case 'Average':
      return bucket.sum / bucket.count;
    case 'Sum':
      return bucket.sum;
    case 'Minimum':
      return bucket.min;
    case 'Maximum':
      return bucket.max;
    case 'SampleCount':
      return bucket.count;
    default:
      return percentileOf(bucket, statistic);
  }
}

function percentileOf(bucket: Bucket, statistic: string): number {
  const percent = /^p(\d{1,2}(\.\d+)?|100)$/.exec(statistic)?.[1];
  if (percent === undefined) throw new UnknownStatisticError(statistic);
  const inOrder = bucket.values.toSorted((a, b) => a - b);
  const position = (Number(percent) / 100) * (inOrder.length - 1);
  const below = inOrder[Math.floor(position)] ?? bucket.min;
  const above = inOrder[Math.ceil(position)] ?? bucket.max;
  return below + (above - below) * (position - Math.floor(position));
}
