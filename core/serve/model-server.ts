/** Keeps the champion open and follows its alias, without letting a request wait for that. */
import type { Traffic } from '../model/traffic.ts';
import { AliasNotSetError } from '../registry/errors.ts';
import type { AliasEntry, Registry } from '../registry/registry.ts';
import { ModelUnavailableError } from './errors.ts';
import { type ModelSource, type ServedModel, openVersion } from './served-model.ts';

/** How long a version that failed to load is left alone. */
const RETRY_FAILED_MS = 60_000;

/** Longest that a call waits for a look at the alias, where the last one was too long ago. */
const LONGEST_WAIT_MS = 2000;

export interface ModelServerOptions extends ModelSource {
  readonly registry: Pick<Registry, 'version' | 'championOf' | 'aliasOf'>;
  /** What the challenger gets now; undefined for nothing. @default always nothing */
  readonly traffic?: () => Promise<Traffic | undefined>;
  /** How soon a promotion is served, at the latest. */
  readonly reloadSeconds: number;
  /** Hears of a version that could not be opened, or of an alias that could not be read. */
  readonly onLoadFailure: (cause: unknown) => void;
}

/** The version under the alias `challenger`, and what it gets to answer. */
export interface Challenger {
  readonly model: ServedModel;
  readonly traffic: Traffic;
}

export interface ModelServer {
  /**
   * Works with the versions that are open. The first call opens them; later ones do not wait: once
   * the aliases have not been looked at for a while, they are looked at beside the call, and a new
   * version answers the calls that come after it is open. Only where nobody called for longer than
   * a promotion may take to be served does a call wait for that look. Versions stay open until
   * `work` is done.
   *
   * @param now when the request or event arrived
   * @throws {ModelUnavailableError} if no version is open and none can be opened
   */
  use<Result>(
    now: Date,
    work: (champion: ServedModel, challenger?: Challenger) => Promise<Result>,
  ): Promise<Result>;
}

/** A version and how many calls are at work with it. */
interface Holding {
  readonly model: ServedModel;
  atWork: number;
  retired: boolean;
}

/** What calls are answered with: never changed, only replaced as a whole. */
interface Serving {
  readonly champion: Holding;
  readonly challenger?: { readonly holding: Holding; readonly traffic: Traffic };
}

export function createModelServer(options: ModelServerOptions): ModelServer {
  return new FollowingServer(options);
}

class FollowingServer implements ModelServer {
  readonly #options: ModelServerOptions;
  #serving: Serving | undefined;
  #opening: Promise<Serving> | undefined;
  #look: Promise<void> | undefined;
  #lookedAt = 0;
  readonly #failed = new Map<number, number>();

  constructor(options: ModelServerOptions) {
    this.#options = options;
  }

  async use<Result>(
    now: Date,
    work: (champion: ServedModel, challenger?: Challenger) => Promise<Result>,
  ): Promise<Result> {
    const time = now.getTime();
    if (this.#serving) {
      const late = this.#lookBeside(this.#serving, time);
      if (late) await late;
    }
    const serving = this.#serving ?? (await (this.#opening ??= this.#openFirst(time)));
    const { champion, challenger } = serving;
    champion.atWork++;
    if (challenger) challenger.holding.atWork++;
    try {
      return await work(
        champion.model,
        challenger && { model: challenger.holding.model, traffic: challenger.traffic },
      );
    } finally {
      champion.atWork--;
      if (champion.retired) await releaseIfIdle(champion);
      if (challenger) {
        challenger.holding.atWork--;
        await releaseIfIdle(challenger.holding);
      }
    }
  }

  /** A failure is not kept: the next call tries again. */
  async #openFirst(now: number): Promise<Serving> {
    try {
      const traffic = this.#traffic();
      const champion = await this.#open(await this.#championEntry());
      this.#lookedAt = now;
      this.#serving = { champion, ...(await this.#challenger({ champion }, now, traffic)) };
      return this.#serving;
    } catch (cause) {
      this.#options.onLoadFailure(cause);
      throw new ModelUnavailableError(this.#options.definition.name, cause);
    } finally {
      this.#opening = undefined;
    }
  }

  /** Returns what to wait for if the last look was too long ago. */
  #lookBeside(held: Serving, now: number): Promise<unknown> | undefined {
    const { reloadSeconds } = this.#options;
    const agoMs = apart(now, this.#lookedAt);
    // Half the time to look, half the time to open what is found.
    if (!this.#look && agoMs >= (reloadSeconds * 1000) / 2) {
      this.#lookedAt = now;
      this.#look = this.#follow(held, now)
        .catch(this.#options.onLoadFailure)
        .finally(() => {
          this.#look = undefined;
        });
    }
    return agoMs > reloadSeconds * 1000 ? soon(this.#look) : undefined;
  }

  async #follow(held: Serving, now: number): Promise<void> {
    const entry = await this.#championEntry();
    const champion = await this.#openIfNew(entry, held, now);
    // Where the champion's new version does not load, all stays as it is.
    if (!champion) return;
    const challenger = await this.#challenger({ ...held, champion }, now, this.#traffic());
    this.#serving = { champion, ...challenger };
    const kept = new Set([champion, challenger?.challenger.holding]);
    for (const holding of [held.champion, held.challenger?.holding]) {
      if (!holding || kept.has(holding)) continue;
      holding.retired = true;
      await releaseIfIdle(holding);
    }
  }

  /** Asked for early; whoever awaits it sees it fail. */
  #traffic(): Promise<Traffic | undefined> {
    const asked = (async () => this.#options.traffic?.())();
    asked.catch(() => {});
    return asked;
  }

  /** A challenger that is not there, or does not load, leaves everything to the champion. */
  async #challenger(
    held: Serving,
    now: number,
    asked: Promise<Traffic | undefined>,
  ): Promise<Required<Pick<Serving, 'challenger'>> | undefined> {
    const { registry, definition } = this.#options;
    try {
      const traffic = await asked;
      if (!traffic) return undefined;
      const entry = await registry.aliasOf(definition.name, 'challenger');
      if (entry.version === held.champion.model.version) return undefined;
      const holding = await this.#openIfNew(entry, held, now);
      return holding && { challenger: { holding, traffic } };
    } catch (cause) {
      if (!(cause instanceof AliasNotSetError)) this.#options.onLoadFailure(cause);
      return undefined;
    }
  }

  /** Undefined for a version that failed a moment ago. @throws if it fails now */
  async #openIfNew(entry: AliasEntry, held: Serving, now: number): Promise<Holding | undefined> {
    const open = [held.champion, held.challenger?.holding].find(
      (holding) => holding?.model.version === entry.version,
    );
    if (open) return open;
    const failedAt = this.#failed.get(entry.version);
    if (failedAt !== undefined && apart(now, failedAt) < RETRY_FAILED_MS) return undefined;
    try {
      return await this.#open(entry);
    } catch (cause) {
      this.#failed.set(entry.version, now);
      throw cause;
    }
  }

  #championEntry(): Promise<AliasEntry> {
    return this.#options.registry.championOf(this.#options.definition.name);
  }

  async #open(entry: AliasEntry): Promise<Holding> {
    return { model: await openVersion(this.#options, entry), atWork: 0, retired: false };
  }
}

/** Milliseconds between two moments, in either order: a stream can be read again from earlier on. */
function apart(one: number, other: number): number {
  return Math.abs(one - other);
}

/** Waits for a look, but not for one that hangs. */
function soon(look: Promise<void> | undefined): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, LONGEST_WAIT_MS);
  });
  return Promise.race([look, patience]).finally(() => clearTimeout(timer));
}

async function releaseIfIdle(holding: Holding): Promise<void> {
  if (holding.retired && holding.atWork === 0) await holding.model.release();
}
