/** Movable names of versions. An alias is its history: what the newest entry says. */
import type { FactTable } from '../aws/facts.ts';
import {
  type AliasEntry,
  type ChainCheck,
  type Decision,
  asEntry,
  checkChain,
  sealed,
} from './alias-entry.ts';
import {
  AliasMovedError,
  AliasNotSetError,
  InvalidAliasError,
  NothingToRollBackToError,
} from './errors.ts';

/** Aliases that have a meaning to the system. */
const MEANINGFUL = ['champion', 'challenger'] as const;

export interface AliasChange {
  readonly model: string;
  readonly alias: string;
  readonly at: Date;
  /** Why, for whoever reads the history. */
  readonly reason: string;
  /** Who or what asks for it. */
  readonly by: string;
  /** With a name, the same request made twice adds one entry. @default each call adds one */
  readonly idempotencyKey?: string;
}

export interface Promotion extends AliasChange {
  readonly version: number;
  /** The version that the alias has to stand on until then. @default any, or none */
  readonly replaces?: number;
  readonly decision?: Decision;
}

export interface Aliases {
  /**
   * Puts an alias on a version.
   *
   * @throws {InvalidAliasError} @throws {VersionNotFoundError}
   * @throws {AliasMovedError} if it does not stand on the version that it was to replace
   */
  promote(promotion: Promotion): Promise<AliasEntry>;
  /**
   * Puts an alias back on the version before: the one that the latest promotion which still
   * stands replaced. Asked again, it goes one further back.
   *
   * @throws {AliasNotSetError} @throws {NothingToRollBackToError}
   */
  rollback(change: AliasChange): Promise<AliasEntry>;
  /** Takes an alias from a version; undefined if it does not stand on that one. */
  remove(change: AliasChange & { readonly from: number }): Promise<AliasEntry | undefined>;
  /** The newest entry. @throws {AliasNotSetError} */
  aliasOf(model: string, alias: string): Promise<AliasEntry>;
  /** `aliasOf` for `champion`. */
  championOf(model: string): Promise<AliasEntry>;
  /** The newest entry that was made at `time` or before; undefined if the alias was not set then. */
  aliasAt(model: string, alias: string, time: Date): Promise<AliasEntry | undefined>;
  /** Oldest first. */
  history(model: string, alias: string): Promise<AliasEntry[]>;
  /** Checks that no entry was changed, removed or put in between. */
  verify(model: string, alias: string): Promise<ChainCheck>;
}

/** @param requireVersion throws if the model has no such version */
export function createAliases(
  facts: FactTable,
  requireVersion: (model: string, version: number) => Promise<unknown>,
): Aliases {
  const { newest, history, aliasOf } = readAliases(facts);
  return {
    aliasOf,
    championOf: (model) => aliasOf(model, 'champion'),
    history,

    async promote(promotion) {
      if (!/^[a-z][a-z0-9-]{0,30}$/.test(promotion.alias)) {
        throw new InvalidAliasError(promotion.alias);
      }
      await requireVersion(promotion.model, promotion.version);
      const { model, alias, idempotencyKey } = promotion;
      // Only a named request has to be looked for among all entries.
      const look = async () =>
        idempotencyKey === undefined
          ? [await newest(model, alias)].filter((entry) => entry !== undefined)
          : history(model, alias);
      return append(facts, promotion, look, (entries) => {
        requireStanding(promotion, entries.at(-1));
        return { kind: 'promotion', ...promotion };
      });
    },

    async rollback(change) {
      const { model, alias } = change;
      await aliasOf(model, alias);
      const look = () => history(model, alias);
      return append(facts, change, look, (entries) => ({
        kind: 'rollback',
        version: versionBefore(change, entries),
      }));
    },

    remove: (change) => removeFrom(facts, change, () => history(change.model, change.alias)),

    async aliasAt(model, alias, time) {
      const until = time.toISOString();
      const entry = (await history(model, alias)).findLast(({ at }) => at <= until);
      return entry?.kind === 'removal' ? undefined : entry;
    },

    async verify(model, alias) {
      return checkChain(await history(model, alias));
    },
  };
}

type Reader = Pick<Aliases, 'history' | 'aliasOf'> & {
  readonly newest: (model: string, alias: string) => Promise<AliasEntry | undefined>;
};

function readAliases(facts: FactTable): Reader {
  const newest = async (model: string, alias: string): Promise<AliasEntry | undefined> => {
    const [fact] = await facts.query(partitionOf(model, alias), { descending: true, limit: 1 });
    return fact && asEntry(fact);
  };

  const history = async (model: string, alias: string): Promise<AliasEntry[]> =>
    (await facts.query(partitionOf(model, alias))).map(asEntry);

  const standing = async (model: string, alias: string): Promise<AliasEntry | undefined> => {
    const entry = await newest(model, alias);
    return entry?.kind === 'removal' ? undefined : entry;
  };

  const aliasOf = async (model: string, alias: string): Promise<AliasEntry> => {
    const entry = await standing(model, alias);
    if (entry) return entry;
    const known: Record<string, number> = {};
    for (const name of MEANINGFUL) {
      const other = await standing(model, name);
      if (other) known[name] = other.version;
    }
    throw new AliasNotSetError(model, alias, known);
  };

  return { newest, history, aliasOf };
}

type Content = Pick<AliasEntry, 'kind' | 'version' | 'decision'>;

/** Adds the next entry; whoever loses the race for a place looks again and takes the next one. */
async function append(
  facts: FactTable,
  { model, alias, at, reason, by, idempotencyKey }: AliasChange,
  look: () => Promise<readonly AliasEntry[]>,
  contentFor: (entries: readonly AliasEntry[]) => Content,
): Promise<AliasEntry> {
  for (;;) {
    const entries = await look();
    const made =
      idempotencyKey !== undefined &&
      entries.find((known) => known.idempotencyKey === idempotencyKey);
    if (made) return made;
    const { kind, version, decision } = contentFor(entries);
    const last = entries.at(-1);
    const entry = sealed({
      model,
      alias,
      entry: (last?.entry ?? 0) + 1,
      kind,
      version,
      at: at.toISOString(),
      reason,
      by,
      ...(decision && { decision }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(last && { previous: last.sha256 }),
    });
    const sort = `entry#${String(entry.entry).padStart(8, '0')}`;
    if (await facts.putIfAbsent({ partition: partitionOf(model, alias), sort, ...entry })) {
      return entry;
    }
  }
}

async function removeFrom(
  facts: FactTable,
  { from, ...change }: AliasChange & { readonly from: number },
  look: () => Promise<readonly AliasEntry[]>,
): Promise<AliasEntry | undefined> {
  try {
    return await append(facts, change, look, (entries) => {
      requireStanding({ ...change, replaces: from }, entries.at(-1));
      return { kind: 'removal', version: from };
    });
  } catch (error) {
    if (error instanceof AliasMovedError) return undefined;
    throw error;
  }
}

function requireStanding(
  { model, alias, replaces }: Pick<Promotion, 'model' | 'alias' | 'replaces'>,
  last: AliasEntry | undefined,
): void {
  const version = last?.kind === 'removal' ? undefined : last?.version;
  if (replaces !== undefined && version !== replaces) {
    throw new AliasMovedError(model, alias, replaces, version);
  }
}

/** What stands under the newest version once every rollback has taken back what it undid. */
function versionBefore({ model, alias }: AliasChange, entries: readonly AliasEntry[]): number {
  const standing: number[] = [];
  for (const { kind, version } of entries) {
    if (kind === 'rollback' || kind === 'removal') standing.pop();
    else if (standing.at(-1) !== version) standing.push(version);
  }
  const before = standing.at(-2);
  if (before === undefined) {
    throw new NothingToRollBackToError(model, alias, standing.at(-1) ?? 0);
  }
  return before;
}

function partitionOf(model: string, alias: string): string {
  return `alias#${model}#${alias}`;
}
