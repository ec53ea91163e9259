/** How the value of each feature is checked, put into the tensors and written down. */
import type { ModelDefinition } from '../model/definition.ts';
import type { CategoryFeature, Feature } from '../model/features.ts';
import { sentFeatures } from '../model/rolling-features.ts';
import type { FeatureValue } from '../model/records.ts';
import type { Signature } from '../model/signature.ts';
import { isUsual, isoText, parseMoment } from './moment.ts';

/** Longest category that is taken, so that no record outgrows a stream. */
export const LONGEST_CATEGORY = 1024;

/** Largest and smallest moment that JavaScript's dates can tell, in milliseconds. */
const LAST_MOMENT = 8.64e15;

/** Tensors that are being filled. */
export interface Tensors {
  readonly numbers: Float32Array;
  readonly categories: string[];
  readonly times: Float64Array;
}

export interface FeatureColumn {
  readonly name: string;
  /** For people: what the value may be. */
  readonly expected: string;
  /** Puts a value into its row; returns it as records keep it, or undefined if it is wrong. */
  readonly take: (value: unknown, tensors: Tensors, row: number) => FeatureValue | undefined;
}

/**
 * One column a feature that callers send. A feature that this version does not use is checked all the same.
 *
 * @param whole features that the version takes as whole numbers only. @default none
 */
export function featureColumns(
  definition: Pick<ModelDefinition, 'features' | 'rolling'>,
  signature: Signature,
  whole: ReadonlySet<string> = NONE,
): FeatureColumn[] {
  return Object.entries(sentFeatures(definition)).map(([name, feature]) => {
    const take = takerOf(name, feature, signature);
    return whole.has(name) && feature.kind !== 'category'
      ? { name, expected: EXPECTED_WHOLE, take: onlyWhole(take) }
      : { name, expected: expectedOf(feature), take };
  });
}

const NONE: ReadonlySet<string> = new Set();

/** Whole numbers that a 32-bit float can tell apart reach this far. */
const LARGEST_WHOLE = 2 ** 24;

const EXPECTED_WHOLE = `a whole number of at most ${LARGEST_WHOLE}, since the model takes no others`;

/** For graphs whose input is of whole numbers, which know no missing value. */
function onlyWhole(take: FeatureColumn['take']): FeatureColumn['take'] {
  return (value, tensors, row) => {
    if (value === null) return undefined;
    const fits = typeof value !== 'number' || Math.abs(value) <= LARGEST_WHOLE;
    return fits && (typeof value !== 'number' || Number.isInteger(value))
      ? take(value, tensors, row)
      : undefined;
  };
}

/** For people: what the value of a feature may be. */
export function expectedOf(feature: Feature): string {
  if (feature.kind === 'number') {
    return `a number${feature.unit === undefined ? '' : ` (${feature.unit})`}, or null if unknown`;
  }
  if (feature.kind === 'timestamp') {
    return (
      "a moment, as ISO 8601 text such as '2001-05-01T09:30:00Z' or milliseconds since 1970, " +
      'or null if unknown'
    );
  }
  return feature.values
    ? `one of ${feature.values.map((value) => `'${value}'`).join(', ')}, or null if unknown`
    : `text of at most ${LONGEST_CATEGORY} characters, or null if unknown`;
}

function takerOf(
  name: string,
  feature: Feature,
  { numbers, categories, times }: Signature,
): FeatureColumn['take'] {
  if (feature.kind === 'number') return takeNumber(numbers.indexOf(name), numbers.length);
  if (feature.kind === 'timestamp') return takeMoment(times.indexOf(name), times.length);
  return takeCategory(feature, categories.indexOf(name), categories.length);
}

function takeNumber(at: number, width: number): FeatureColumn['take'] {
  return (value, { numbers }, row) => {
    if (value === null) {
      if (at >= 0) numbers[row * width + at] = NaN;
      return null;
    }
    // The model's numbers have 32 bits: what they cannot hold would arrive as infinity.
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) return undefined;
    if (at >= 0) numbers[row * width + at] = value;
    return value;
  };
}

function takeCategory(
  { values }: CategoryFeature,
  at: number,
  width: number,
): FeatureColumn['take'] {
  const allowed = values && new Set(values);
  return (value, { categories }, row) => {
    const text = value ?? '';
    if (typeof text !== 'string' || text.length > LONGEST_CATEGORY) return undefined;
    if (text !== '' && allowed && !allowed.has(text)) return undefined;
    if (at >= 0) categories[row * width + at] = text;
    return text === '' ? null : text;
  };
}

function takeMoment(at: number, width: number): FeatureColumn['take'] {
  return (value, { times }, row) => {
    if (value === null) {
      if (at >= 0) times[row * width + at] = NaN;
      return null;
    }
    const ms = momentOf(value);
    if (!(Math.abs(ms) <= LAST_MOMENT)) return undefined;
    if (at >= 0) times[row * width + at] = ms;
    return typeof value === 'string' && isUsual(value) ? value : isoText(ms);
  };
}

/** Milliseconds since 1970 of a moment as callers write it; NaN if it is none. */
export function momentOf(value: unknown): number {
  if (typeof value === 'string') return parseMoment(value);
  return typeof value === 'number' ? Math.trunc(value) : NaN;
}
