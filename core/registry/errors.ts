/** What a caller of the registry may want to handle. */

/** No version of the model carries the alias that the caller asked for. */
export class AliasNotSetError extends Error {
  override readonly name = 'AliasNotSetError';
  readonly model: string;
  readonly alias: string;

  constructor(model: string, alias: string, known: Readonly<Record<string, number>>) {
    const listed = Object.entries(known).map(([name, version]) => `${name} -> ${version}`);
    super(
      `model '${model}' has no alias '${alias}' (has: ${listed.join(', ') || 'none'}); ` +
        `set it with: tidemill promote ${model} ${alias} <version>`,
    );
    this.model = model;
    this.alias = alias;
  }
}

/** An alias stands on another version than the one that a promotion was decided against. */
export class AliasMovedError extends Error {
  override readonly name = 'AliasMovedError';
  /** What it stands on. */
  readonly version: number | undefined;

  constructor(model: string, alias: string, expected: number, version: number | undefined) {
    super(
      `alias '${alias}' of model '${model}' stands on ${version ?? 'nothing'}, and was expected on ` +
        `${expected}; somebody else moved it, so decide again`,
    );
    this.version = version;
  }
}

export class InvalidAliasError extends Error {
  override readonly name = 'InvalidAliasError';

  constructor(alias: string) {
    super(
      `alias '${alias}' must be lower case letters, digits and hyphens, start with a letter and ` +
        `have at most 31 characters; for example 'champion' or 'challenger'`,
    );
  }
}

export class VersionNotFoundError extends Error {
  override readonly name = 'VersionNotFoundError';
  readonly model: string;
  readonly version: number;

  constructor(model: string, version: number, newest: number | undefined) {
    super(
      newest === undefined
        ? `model '${model}' has no versions; train one with: tidemill train ${model}`
        : `model '${model}' has no version ${version} (newest: ${newest}); ` +
            `see what there is with: tidemill versions ${model}`,
    );
    this.model = model;
    this.version = version;
  }
}

export class NothingToRollBackToError extends Error {
  override readonly name = 'NothingToRollBackToError';
  readonly model: string;
  readonly alias: string;

  constructor(model: string, alias: string, version: number) {
    super(
      `alias '${alias}' of model '${model}' has stood on version ${version} only, so there is ` +
        `nothing to go back to; promote another version with: tidemill promote ${model} ${alias} <version>`,
    );
    this.model = model;
    this.alias = alias;
  }
}

/** A fact of the registry that no registry wrote. */
export class MalformedFactError extends Error {
  override readonly name = 'MalformedFactError';

  constructor(partition: string, sort: string, expected: string) {
    super(
      `fact '${partition}' / '${sort}' is not ${expected}; something else than Tidemill wrote it`,
    );
  }
}

/** A backup, or what was to be one, does not hold together. */
export class BrokenBackupError extends Error {
  override readonly name = 'BrokenBackupError';

  constructor(problem: string) {
    super(`the backup is not whole: ${problem}; take an older one`);
  }
}

/** A stack knows something else at the place of a fact that is to be put back. */
export class RestoreConflictError extends Error {
  override readonly name = 'RestoreConflictError';

  constructor(partition: string, sort: string) {
    super(
      `the table has another fact at '${partition}' / '${sort}' than the backup; ` +
        'restore into a stack that has none of its own yet',
    );
  }
}
