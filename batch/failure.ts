/** Whether a failed step is worth trying again. */
import { DataError } from '../core/data/errors.ts';
import { MissingEnvironmentError } from '../core/env.ts';
import { InvalidModelError } from '../core/model/index.ts';
import { InvalidOptionsError } from '../core/pipeline/options.ts';
import { AliasNotSetError, VersionNotFoundError } from '../core/registry/errors.ts';
import { ParameterChangedError } from '../core/runs/errors.ts';

/** Exit codes that the job definitions' retry rules know. */
export const EXIT = { done: 0, tryAgain: 1, giveUp: 2 } as const;

const FINAL = [
  AliasNotSetError,
  DataError,
  InvalidModelError,
  InvalidOptionsError,
  MissingEnvironmentError,
  ParameterChangedError,
  RangeError,
  VersionNotFoundError,
];

/** What is wrong with the data, the request or the declaration stays wrong; anything else may pass. */
export function exitCodeOf(error: unknown): number {
  return FINAL.some((kind) => error instanceof kind) ? EXIT.giveUp : EXIT.tryAgain;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
