/** All jobs of the region and how far they got, kept through a kill. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { openStore, type Store } from '../store.ts';
import {
  childId,
  isArrayParent,
  isFinished,
  type Job,
  type JobSpec,
  type JobState,
  type JobStatus,
  parseJobId,
} from './job.ts';

/** AWS, too, forgets jobs a week after they ended. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export interface JobTable {
  /** Adds a job, and for an array job all its children, as SUBMITTED. */
  add(spec: JobSpec): Job;
  get(jobId: string): Job | undefined;
  statusOf(jobId: string): JobStatus | undefined;
  /** Changes a job's state and tells the listener when its status changed; returns the job as it is now. */
  update(job: Job, change: Partial<JobState>): Job;
  /** All jobs in order of submission, the children of an array before their parent. */
  all(): Job[];
  childrenOf(parent: Job): Job[];
  close(): void;
}

/**
 * @param onChange hears of every change of status, the first one included
 */
export function openJobTable(folder: string, clock: Clock, onChange: (job: Job) => void): JobTable {
  // The spec is large and never changes; children share their parent's.
  const specs = openStore<JobSpec>(join(folder, 'specs.jsonl'));
  const states = openStore<JobState>(join(folder, 'states.jsonl'));
  forget(specs, states, clock.now().getTime() - KEPT_MS);

  function get(jobId: string): Job | undefined {
    const { parentId, index } = parseJobId(jobId);
    const spec = specs.get(parentId);
    const state = states.get(jobId);
    return spec && state ? { spec, state, index } : undefined;
  }

  function insert(spec: JobSpec, index?: number): Job {
    const jobId = index === undefined ? spec.jobId : childId(spec.jobId, index);
    const createdAt = clock.now().getTime();
    const state: JobState = { jobId, status: 'SUBMITTED', createdAt, attempts: [] };
    states.set(jobId, state);
    const job = { spec, state, index };
    onChange(job);
    return job;
  }

  return {
    add(spec) {
      specs.set(spec.jobId, spec);
      for (let index = 0; index < (spec.arraySize ?? 0); index += 1) insert(spec, index);
      // The parent comes last: what has none was cut short by a kill and never answered.
      return insert(spec);
    },
    get,
    statusOf: (jobId) => states.get(jobId)?.status,
    update(job, change) {
      const state: JobState = { ...job.state, ...change };
      states.set(state.jobId, state);
      const updated = { ...job, state };
      if (state.status !== job.state.status) onChange(updated);
      return updated;
    },
    all: () =>
      states
        .keys()
        .map(get)
        .filter((job) => job !== undefined),
    childrenOf(parent) {
      if (!isArrayParent(parent)) return [];
      const indices = Array.from({ length: parent.spec.arraySize ?? 0 }, (_, index) => index);
      return indices
        .map((index) => get(childId(parent.spec.jobId, index)))
        .filter((job) => job !== undefined);
    },
    close() {
      specs.close();
      states.close();
    },
  };
}

/** Drops jobs that ended before a time, and what a kill left of a submission. */
function forget(specs: Store<JobSpec>, states: Store<JobState>, before: number): void {
  const stale = (parentId: string): boolean => {
    const parent = states.get(parentId);
    return parent === undefined || (isFinished(parent) && (parent.stoppedAt ?? 0) < before);
  };
  const gone = new Set(specs.keys().filter(stale));
  for (const jobId of states.keys()) if (gone.has(parseJobId(jobId).parentId)) states.delete(jobId);
  for (const jobId of gone) specs.delete(jobId);
}

/** How many children of an array job are in each status. */
export function summarize(children: readonly Job[]): Record<JobStatus, number> {
  const counts: Record<JobStatus, number> = {
    SUBMITTED: 0,
    PENDING: 0,
    RUNNABLE: 0,
    STARTING: 0,
    RUNNING: 0,
    SUCCEEDED: 0,
    FAILED: 0,
  };
  for (const { state } of children) counts[state.status] += 1;
  return counts;
}

/** What an array job's children make of their parent: undefined while one has not ended. */
export function outcomeOf(children: readonly Job[]): 'SUCCEEDED' | 'FAILED' | undefined {
  if (!children.every(({ state }) => isFinished(state))) return undefined;
  return children.every(({ state }) => state.status === 'SUCCEEDED') ? 'SUCCEEDED' : 'FAILED';
}
