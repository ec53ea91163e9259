/** Keeps the champion open and follows its alias, without letting a request wait for that. */
import type { AliasEntry, Registry } from '../registry/registry.ts';
import { ModelUnavailableError } from './errors.ts';
import { type ModelSource, type ServedModel, openVersion } from './served-model.ts';

/** How long a version that failed to load is left alone. */
const RETRY_FAILED_MS = 60_000;

export interface ModelServerOptions extends ModelSource {
  readonly registry: Pick<Registry, 'version' | 'championOf'>;
  /** How soon a promotion is served, at the latest. */
  readonly reloadSeconds: number;
  /** Hears of a version that could not be opened, or of an alias that could not be read. */
  readonly onLoadFailure: (cause: unknown) => void;
}

export interface ModelServer {
  /**
   * Works with the version that is open. The first call opens it; later ones never wait: once the
   * alias has not been looked at for a while, it is looked at beside the call, and a new version
   * answers the calls that come after it is open. The version stays open until `work` is done.
   *
   * @param now when the request or event arrived
   * @throws {ModelUnavailableError} if no version is open and none can be opened
   */
  use<Result>(now: Date, work: (model: ServedModel) => Promise<Result>): Promise<Result>;
}

/** A version and how many calls are at work with it. */
interface Holding {
  readonly model: ServedModel;
  atWork: number;
  retired: boolean;
}

export function createModelServer(options: ModelServerOptions): ModelServer {
  return new Champion(options);
}

class Champion implements ModelServer {
  readonly #options: ModelServerOptions;
  #current: Holding | undefined;
  #opening: Promise<Holding> | undefined;
  #looking = false;
  #lookedAt = 0;
  #failed: { readonly version: number; readonly at: number } | undefined;

  constructor(options: ModelServerOptions) {
    this.#options = options;
  }

  async use<Result>(now: Date, work: (model: ServedModel) => Promise<Result>): Promise<Result> {
    const time = now.getTime();
    if (this.#current) this.#lookBeside(this.#current, time);
    const holding = this.#current ?? (await (this.#opening ??= this.#openFirst(time)));
    holding.atWork++;
    try {
      return await work(holding.model);
    } finally {
      holding.atWork--;
      await releaseIfIdle(holding);
    }
  }

  /** A failure is not kept: the next call tries again. */
  async #openFirst(now: number): Promise<Holding> {
    try {
      this.#current = await this.#open(await this.#champion());
      this.#lookedAt = now;
      return this.#current;
    } catch (cause) {
      this.#options.onLoadFailure(cause);
      throw new ModelUnavailableError(this.#options.definition.name, cause);
    } finally {
      this.#opening = undefined;
    }
  }

  #lookBeside(held: Holding, now: number): void {
    // Half the time to look, half the time to open what is found.
    const lookAfterMs = (this.#options.reloadSeconds * 1000) / 2;
    if (this.#looking || apart(now, this.#lookedAt) < lookAfterMs) return;
    this.#looking = true;
    this.#lookedAt = now;
    this.#look(held, now)
      .catch(this.#options.onLoadFailure)
      .finally(() => {
        this.#looking = false;
      });
  }

  async #look(held: Holding, now: number): Promise<void> {
    const entry = await this.#champion();
    if (entry.version === held.model.version) return;
    const { version, at } = this.#failed ?? { version: undefined, at: now };
    if (version === entry.version && apart(now, at) < RETRY_FAILED_MS) return;
    try {
      this.#current = await this.#open(entry);
    } catch (cause) {
      this.#failed = { version: entry.version, at: now };
      throw cause;
    }
    held.retired = true;
    await releaseIfIdle(held);
  }

  #champion(): Promise<AliasEntry> {
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

async function releaseIfIdle(holding: Holding): Promise<void> {
  if (holding.retired && holding.atWork === 0) await holding.model.release();
}
