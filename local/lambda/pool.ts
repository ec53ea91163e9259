/** The sandboxes of one function: started as calls come, used again, stopped when nobody calls. */
import type { Clock } from '../clock.ts';
import { type Call, type Outcome, failure } from './call.ts';
import { ThrottledError } from './errors.ts';
import type { Sandbox } from './sandbox.ts';

export interface Pool {
  /**
   * Runs a call in a free sandbox.
   *
   * @throws {ThrottledError} if none came free in time
   */
  run(call: Call): Promise<Outcome>;
  /** Calls that run at this moment. */
  readonly busy: number;
  stop(): Promise<void>;
}

export interface PoolOptions {
  readonly clock: Pick<Clock, 'hold'>;
  readonly functionName: string;
  start(): Promise<Sandbox>;
  /** Most sandboxes at a time. */
  readonly limit: number;
  /** Most sandboxes that start at a time, lest a burst of calls chokes the machine. */
  readonly startLimit: number;
  /** How long a call waits for a sandbox when all are busy. */
  readonly queueMs: number;
  /** How long a sandbox is kept without calls. */
  readonly idleMs: number;
}

interface Waiting {
  readonly call: Call;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (cause: unknown) => void;
  timer?: NodeJS.Timeout;
}

interface Idle {
  readonly sandbox: Sandbox;
  readonly retire: NodeJS.Timeout;
}

/** Creates a pool without sandboxes. */
export function createPool(options: PoolOptions): Pool {
  return new SandboxPool(options);
}

class SandboxPool implements Pool {
  readonly #options: PoolOptions;
  readonly #sandboxes = new Set<Sandbox>();
  /** The last one used is used next, so that what is not needed can retire. */
  readonly #idle: Idle[] = [];
  readonly #queue: Waiting[] = [];
  /** Sandboxes there are, those about to start included. */
  #size = 0;
  #starting = 0;
  #busy = 0;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get busy(): number {
    return this.#busy;
  }

  run(call: Call): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#stopped || this.#options.limit === 0) {
        reject(new ThrottledError(this.#options.functionName));
        return;
      }
      const waiting: Waiting = { call, resolve, reject };
      this.#queue.push(waiting);
      this.#serve();
      if (this.#queue.includes(waiting)) this.#giveUpLater(waiting);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { retire } of this.#idle) clearTimeout(retire);
    for (const waiting of this.#queue.splice(0)) this.#refuse(waiting);
    await Promise.all([...this.#sandboxes].map((sandbox) => sandbox.stop()));
  }

  /** Gives waiting calls to free sandboxes and starts as many more as are missing and allowed. */
  #serve(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const free = this.#idle.pop();
      const waiting = this.#queue.shift();
      if (free === undefined || waiting === undefined) return;
      clearTimeout(free.retire);
      clearTimeout(waiting.timer);
      void this.#use(free.sandbox, waiting);
    }
    const { limit, startLimit } = this.#options;
    const missing = this.#queue.length - this.#starting;
    const allowed = Math.min(limit - this.#size, startLimit - this.#starting);
    for (let count = 0; count < Math.min(missing, allowed); count += 1) void this.#start();
  }

  async #use(sandbox: Sandbox, { call, resolve }: Waiting): Promise<void> {
    this.#busy += 1;
    // Beyond the answer: a call that came before the sandbox is free again would start another.
    const release = this.#options.clock.hold();
    const outcome = await sandbox.invoke(call);
    this.#busy -= 1;
    resolve(outcome);
    if (!this.#stopped && (await sandbox.idle())) this.#rest(sandbox);
    else this.#drop(sandbox);
    release();
    this.#serve();
  }

  async #start(): Promise<void> {
    this.#size += 1;
    this.#starting += 1;
    const sandbox = await this.#options.start().catch((cause: unknown) => {
      this.#answerFirst(failure('Runtime.ExitError', `Error: no sandbox: ${String(cause)}`));
    });
    if (sandbox) this.#sandboxes.add(sandbox);
    const problem = await sandbox?.started;
    this.#starting -= 1;
    if (sandbox && problem === undefined && !this.#stopped) this.#rest(sandbox);
    else this.#drop(sandbox);
    if (problem !== undefined) this.#answerFirst(problem);
    this.#serve();
  }

  #rest(sandbox: Sandbox): void {
    const retire = setTimeout(() => {
      const place = this.#idle.findIndex((entry) => entry.sandbox === sandbox);
      this.#idle.splice(place, 1);
      this.#drop(sandbox);
    }, this.#options.idleMs);
    retire.unref();
    this.#idle.push({ sandbox, retire });
  }

  #drop(sandbox: Sandbox | undefined | void): void {
    this.#size -= 1;
    if (!sandbox) return;
    void sandbox.stop().then(() => this.#sandboxes.delete(sandbox));
  }

  /** A function that cannot start fails one call for each attempt, as in AWS. */
  #answerFirst(problem: Outcome): void {
    const first = this.#queue.shift();
    clearTimeout(first?.timer);
    first?.resolve(problem);
  }

  #giveUpLater(waiting: Waiting): void {
    waiting.timer = setTimeout(() => {
      // A sandbox that is about to come may be for this call.
      if (this.#starting > 0) {
        this.#giveUpLater(waiting);
        return;
      }
      this.#queue.splice(this.#queue.indexOf(waiting), 1);
      this.#refuse(waiting);
    }, this.#options.queueMs);
  }

  #refuse(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    waiting.reject(new ThrottledError(this.#options.functionName));
  }
}
