/** The kinds of feature that a model can declare. */

/** A number as a caller sends it; reaches the model as a 32-bit float. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly description: string;
  /** Unit of measure, for people: 'miles', 'USD'. */
  readonly unit?: string;
  /** Smallest and largest plausible value; monitors count what lies outside. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether the prediction may only rise, or only fall, as the number grows. */
  readonly monotone?: 'increasing' | 'decreasing';
}

/** A text value out of a set. One that training never saw is predicted from the average. */
export interface CategoryFeature {
  readonly kind: 'category';
  readonly description: string;
  /** The only values allowed, where they are known beforehand. */
  readonly values?: readonly string[];
}

/** A moment, sent as ISO 8601 text (UTC where it names no offset) or milliseconds since 1970. */
export interface TimestampFeature {
  readonly kind: 'timestamp';
  readonly description: string;
}

export type Feature = NumberFeature | CategoryFeature | TimestampFeature;

/** A number computed from a timestamp feature, inside the model's graph. */
export interface DerivedFeature {
  readonly kind: 'minute-of-day' | 'day-of-week';
  readonly from: string;
}

export function number(options: Omit<NumberFeature, 'kind'>): NumberFeature {
  return { kind: 'number', ...options };
}

export function category(options: Omit<CategoryFeature, 'kind'>): CategoryFeature {
  return { kind: 'category', ...options };
}

export function timestamp(options: Omit<TimestampFeature, 'kind'>): TimestampFeature {
  return { kind: 'timestamp', ...options };
}

/** Minutes since midnight, 0 to 1439 (with a fraction for seconds). */
export function minuteOfDay(from: string): DerivedFeature {
  return { kind: 'minute-of-day', from };
}

/** Day of the week, Monday 0 to Sunday 6. */
export function dayOfWeek(from: string): DerivedFeature {
  return { kind: 'day-of-week', from };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The period and offset that turn milliseconds since 1970 into a derived number:
 * `floor((time / unitMs + offset) mod period)`, without the floor where `whole` is false.
 * The graph and the trainer both compute exactly this.
 */
export interface Cycle {
  readonly unitMs: number;
  readonly offset: number;
  readonly period: number;
  readonly whole: boolean;
}

export const CYCLES: Readonly<Record<DerivedFeature['kind'], Cycle>> = {
  'minute-of-day': { unitMs: MINUTE_MS, offset: 0, period: 1440, whole: false },
  // 1 January 1970 was a Thursday.
  'day-of-week': { unitMs: DAY_MS, offset: 3, period: 7, whole: true },
};
