/** What every step of a job is handed. */
import type { FactTable } from '../core/aws/facts.ts';
import type { JobQueue } from '../core/aws/jobs.ts';
import type { ObjectStore } from '../core/aws/objects.ts';
import type { ModelDefinition } from '../core/model/index.ts';

export interface StepContext {
  readonly definition: ModelDefinition;
  readonly objects: ObjectStore;
  readonly facts: FactTable;
  readonly runId: string;
  readonly asOf: Date;
  /** As the request had them; each pipeline checks its own. */
  readonly options: unknown;
  /** Child of an array job, from 0; 0 where there is no array. */
  readonly candidate: number;
  /** Fingerprint of the code that runs, with a declaration. */
  readonly code: (definition: ModelDefinition) => string;
  /** What the job runs on, by name. */
  readonly environment: Readonly<Record<string, string>>;
  /** Name of this attempt of the job. */
  readonly attempt: string;
  /** What the attempt has cost so far, in vCPU-seconds. */
  readonly spent: () => number;
  /** An empty folder on this machine, removed after the step. */
  readonly scratch: string;
  /** Says how far the step is, to a person. */
  readonly say: (line: string) => void;
  /** Publishes numbers for CloudWatch. */
  readonly publish: (telemetry: Telemetry) => void;
  /** Where a step submits jobs that go on with its run, and what those run. */
  readonly childJobs: () => { readonly queue: JobQueue; readonly definition: string };
  /** Tells people who want to know that something is done. */
  readonly notify: (subject: string, message: string) => Promise<void>;
}

/** Begins what a step says if other jobs go on with its run. */
export const UNFINISHED = 'to be continued: ';

export interface Telemetry {
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly unit: Unit }>>;
  /** The moment that they are about. @default now */
  readonly at?: Date;
}

export type Unit = 'Count' | 'NoUnit';

/** Does one step; run twice, it leaves the same bytes. Resolves to one sentence for people. */
export type StepAction = (context: StepContext) => Promise<string>;
