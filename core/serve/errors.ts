/** What can go wrong in serving. */
import type { Problem } from '../model/problem.ts';
import { summaryOf } from './problems.ts';

/** The bytes in the store are not those that were registered. */
export class ModelFileChangedError extends Error {
  override readonly name = 'ModelFileChangedError';

  constructor(model: string, version: number, registered: string, found: string) {
    super(
      `the file of ${model}/${version} has SHA-256 ${found}, but ${registered} was registered; ` +
        'restore the object, or promote another version',
    );
  }
}

/** The version wants features that the declaration does not have, or another kind of target. */
export class SignatureMismatchError extends Error {
  override readonly name = 'SignatureMismatchError';

  constructor(model: string, version: number, problem: string) {
    super(
      `${model}/${version} ${problem}; train a version from the present declaration with: ` +
        `tidemill train ${model}`,
    );
  }
}

/** No version is open, and none could be opened; the cause says why. */
export class ModelUnavailableError extends Error {
  override readonly name = 'ModelUnavailableError';

  constructor(model: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`model '${model}' cannot answer now: ${why}`, { cause });
  }
}

/** Rows cannot be predicted; lists everything to mend. */
export class InvalidRowsError extends Error {
  override readonly name = 'InvalidRowsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(summaryOf(problems));
    this.problems = problems;
  }
}
