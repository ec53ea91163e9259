/** Options that several commands share. */
import { Option } from 'commander';

export const stageOption = (): Option =>
  new Option('--stage <stage>', 'stage of a stack on AWS; without it, the laptop');

export const asOfOption = (): Option =>
  new Option('--as-of <time>', 'the moment to look at the world from, ISO 8601')
    .default(undefined, 'now')
    .argParser(toMoment);

export const atOption = (): Option =>
  new Option('--at <time>', 'when it was decided, ISO 8601, for a stack that lives in the past')
    .default(undefined, 'now')
    .argParser(toMoment);

export interface StageChoice {
  readonly stage?: string;
}

export interface AsOfChoice extends StageChoice {
  readonly asOf?: Date;
}

/** @throws {RangeError} if the text is no moment */
export function toMoment(text: string): Date {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(at.getTime())) {
    throw new RangeError(`time '${text}' is no moment; write for example 2001-05-01T00:00:00Z`);
  }
  return at;
}

/** @throws {RangeError} if the text is no number above 0 and at most 1 */
export function toShare(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`share '${text}' must be above 0 and at most 1; for example 0.2`);
  }
  return share;
}

/** @throws {RangeError} if the text is no version number */
export function toVersion(text: string): number {
  const version = Number(text.replace(/^v/, ''));
  if (!Number.isInteger(version) || version < 1) {
    throw new RangeError(`version '${text}' must be a whole number from 1; for example 7`);
  }
  return version;
}

/** @throws {RangeError} if the text is no whole number above 0 */
export function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`number '${text}' must be whole and above 0; for example 20`);
  }
  return count;
}

/** Reads 'churn/7'. @throws {RangeError} if the text names no version of a model */
export function toModelVersion(text: string): { model: string; version: number } {
  const [model = '', version, ...rest] = text.split('/');
  if (model === '' || version === undefined || rest.length > 0) {
    throw new RangeError(`'${text}' names no version of a model; write for example churn/7`);
  }
  return { model, version: toVersion(version) };
}
