/** Moves jobs from PENDING to their end, as many at a time as the machine has processors for. */
import type { Clock } from '../clock.ts';
import { readiness } from './dependencies.ts';
import { isArrayParent, isFinished, type Job, vcpusOf } from './job.ts';
import { type JobTable, outcomeOf } from './job-table.ts';
import { mayRetry, type Ending } from './retry.ts';
import { logStreamOf, type RunningAttempt, TIMEOUT_REASON } from './run-attempt.ts';

export interface DispatcherOptions {
  readonly table: JobTable;
  readonly clock: Clock;
  readonly vcpus: number;
  readonly priorityOf: (queueArn: string) => number;
  readonly startAttempt: (job: Job) => RunningAttempt;
}

const HOST_TERMINATED = 'Host EC2 (instance i-0laptop) terminated.';

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #table: JobTable;
  readonly #pending = new Set<string>();
  /** Jobs that wait for processors, in order, by the ARN of their queue. */
  readonly #runnable = new Map<string, Set<string>>();
  /** How many children of an array have not ended yet, by the parent's ID. */
  readonly #unfinished = new Map<string, number>();
  readonly #running = new Map<string, { attempt: RunningAttempt; vcpus: number }>();
  /** Time that stands still while jobs are open, by their IDs. */
  readonly #holds = new Map<string, () => void>();
  #phase: 'waiting' | 'started' | 'closed' = 'waiting';
  #turn: NodeJS.Immediate | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#table = options.table;
  }

  /** Takes up jobs that the table holds as SUBMITTED. */
  take(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.#hold(job.state.jobId);
      this.#pending.add(job.state.jobId);
      this.#table.update(job, { status: 'PENDING' });
    }
    this.#wake();
  }

  /** Ends a job with a reason; with `running` also one whose process runs. */
  end(jobId: string, reason: string, how: { readonly running: boolean }): void {
    const job = this.#table.get(jobId);
    if (job === undefined || isFinished(job.state)) return;
    const mark = how.running ? { terminated: true } : { cancelled: true };
    if (isArrayParent(job)) {
      this.#table.update(job, { ...mark, statusReason: reason });
      for (const child of this.#table.childrenOf(job)) this.end(child.state.jobId, reason, how);
      return;
    }
    const process = this.#running.get(jobId);
    if (process === undefined) this.#finish(this.#table.update(job, mark), 'FAILED', reason);
    else if (how.running) {
      this.#table.update(job, mark);
      process.attempt.stop(reason);
    }
  }

  /** Takes up what an earlier region left, and starts to run jobs. */
  start(): void {
    this.#phase = 'started';
    for (const job of this.#table.all()) this.#takeUp(job);
    this.#wake();
  }

  /** Kills what runs; the jobs stay RUNNING in the table, for the next start to find. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    clearImmediate(this.#turn);
    const attempts = [...this.#running.values()].map(({ attempt }) => attempt);
    for (const attempt of attempts) attempt.kill();
    await Promise.all(attempts.map(({ ended }) => ended));
  }

  #hold(jobId: string): void {
    if (!this.#holds.has(jobId)) this.#holds.set(jobId, this.#options.clock.hold());
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  /** Changes pile up within one turn of the event loop and are looked at together. */
  #wake(): void {
    if (this.#phase === 'started') this.#turn ??= setImmediate(() => this.#advance());
  }

  #advance(): void {
    this.#turn = undefined;
    for (const jobId of this.#pending) this.#settlePending(jobId);
    this.#startWhatFits();
  }

  #settlePending(jobId: string): void {
    const job = this.#table.get(jobId);
    if (job === undefined || isFinished(job.state)) {
      this.#pending.delete(jobId);
      return;
    }
    const ready = readiness(job, (id) => this.#table.statusOf(id));
    if (ready === 'failed') this.#finish(job, 'FAILED', 'Dependent Job failed');
    else if (ready === 'ready' && !isArrayParent(job)) {
      this.#pending.delete(jobId);
      this.#makeRunnable(job);
    }
  }

  #startWhatFits(): void {
    const priorityOf = this.#options.priorityOf;
    const queues = [...this.#runnable.keys()].toSorted((a, b) => priorityOf(b) - priorityOf(a));
    for (const queue of queues) {
      for (const jobId of this.#runnable.get(queue) ?? []) {
        const job = this.#table.get(jobId);
        if (job !== undefined && !this.#startIfItFits(job)) return;
      }
    }
  }

  #startIfItFits(job: Job): boolean {
    const used = [...this.#running.values()].reduce((sum, one) => sum + one.vcpus, 0);
    // A job that asks for more than the machine has gets the whole machine.
    const wanted = Math.min(vcpusOf(job.spec), this.#options.vcpus);
    if (used + wanted > this.#options.vcpus) return false;
    this.#run(job, wanted);
    return true;
  }

  #makeRunnable(job: Job, statusReason?: string): void {
    const { queueArn } = job.spec;
    const queue = this.#runnable.get(queueArn) ?? new Set();
    this.#runnable.set(queueArn, queue.add(job.state.jobId));
    this.#table.update(job, { status: 'RUNNABLE', statusReason });
  }

  #run(job: Job, wanted: number): void {
    this.#runnable.get(job.spec.queueArn)?.delete(job.state.jobId);
    const logStreamName = logStreamOf(job);
    const starting = this.#table.update(job, { status: 'STARTING', logStreamName });
    const attempt = this.#options.startAttempt(starting);
    this.#running.set(job.state.jobId, { attempt, vcpus: wanted });
    const startedAt = this.#now();
    this.#table.update(starting, { status: 'RUNNING', startedAt });
    void this.#follow(job.state.jobId, attempt);
  }

  async #follow(jobId: string, attempt: RunningAttempt): Promise<void> {
    const ending = await attempt.ended;
    if (this.#phase === 'closed') return;
    this.#running.delete(jobId);
    this.#conclude(jobId, ending);
  }

  /** Writes the attempt down and decides what follows it. */
  #conclude(jobId: string, ending: Ending): void {
    const job = this.#table.get(jobId);
    if (job === undefined) return;
    const { startedAt = this.#now(), logStreamName = '' } = job.state;
    const attempt = { ...ending, startedAt, stoppedAt: this.#now(), logStreamName };
    const attempts = [...job.state.attempts, attempt];
    const concluded = this.#table.update(job, { attempts });
    const final = ending.statusReason === TIMEOUT_REASON || job.state.terminated === true;
    if (ending.exitCode === 0 && !final) this.#finish(concluded, 'SUCCEEDED', ending.statusReason);
    else if (final || !mayRetry(job.spec.retry, attempts.length, ending)) {
      this.#finish(concluded, 'FAILED', ending.statusReason);
    } else {
      this.#makeRunnable(concluded, ending.statusReason);
    }
    this.#wake();
  }

  #finish(job: Job, status: 'SUCCEEDED' | 'FAILED', statusReason: string): void {
    this.#pending.delete(job.state.jobId);
    this.#runnable.get(job.spec.queueArn)?.delete(job.state.jobId);
    this.#table.update(job, { status, statusReason, stoppedAt: this.#now() });
    this.#holds.get(job.state.jobId)?.();
    this.#holds.delete(job.state.jobId);
    // A dependency that failed before the children existed for anyone takes all of them along.
    for (const child of this.#table.childrenOf(job)) {
      if (!isFinished(child.state)) this.#finish(child, 'FAILED', statusReason);
    }
    if (job.index !== undefined) this.#finishParent(job);
    this.#wake();
  }

  /** Returns how many children are left after one more has ended. */
  #countDown(parent: Job): number {
    const known = this.#unfinished.get(parent.state.jobId);
    const left =
      known === undefined
        ? this.#table.childrenOf(parent).filter(({ state }) => !isFinished(state)).length
        : known - 1;
    this.#unfinished.set(parent.state.jobId, left);
    return left;
  }

  #finishParent(child: Job): void {
    const parent = this.#table.get(child.spec.jobId);
    if (parent === undefined || isFinished(parent.state)) return;
    if (this.#countDown(parent) > 0) return;
    const outcome = outcomeOf(this.#table.childrenOf(parent));
    if (outcome === undefined) return;
    const stopped = parent.state.terminated || parent.state.cancelled;
    const reason = stopped ? parent.state.statusReason : undefined;
    const failed = outcome === 'FAILED';
    this.#finish(
      parent,
      outcome,
      reason ?? (failed ? 'Array Child Job failed' : 'Array Child Job succeeded'),
    );
  }

  /** The processes of an earlier region died with it. */
  #takeUp(job: Job): void {
    const { status, jobId } = job.state;
    if (!isFinished(job.state)) this.#hold(jobId);
    if (status === 'SUBMITTED') this.take([job]);
    else if (status === 'PENDING') this.#pending.add(jobId);
    else if (status === 'RUNNABLE' || status === 'STARTING') {
      this.#makeRunnable(job);
    } else if (status === 'RUNNING') this.#conclude(jobId, { statusReason: HOST_TERMINATED });
  }
}
