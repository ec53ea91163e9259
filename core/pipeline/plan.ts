/** Which jobs a pipeline consists of, and in which order they run. */
import { createHash } from 'node:crypto';
import type { ModelDefinition } from '../model/definition.ts';
import { rungsOf } from '../train/rungs.ts';
import type { PipelineRequest } from './request.ts';

export const STEPS = [
  'prepare',
  'train',
  'train-2',
  'train-3',
  'train-4',
  'evaluate',
  'register',
  'promote',
  'score',
  'shard',
  'publish',
  'monitor',
  'rebuild',
] as const;

export type Step = (typeof STEPS)[number];

/** The job definitions that each model has. */
export type JobKind = 'train' | 'score' | 'monitor';

export interface PlannedJob {
  readonly step: Step;
  /** Which of the model's job definitions runs it. */
  readonly definition: JobKind;
  /** Children of an array job. @default no array */
  readonly children?: number;
  /** The step that must have succeeded before. */
  readonly after?: Step;
}

/**
 * Plans a pipeline. Each rung of training is one array job with a child a candidate; Batch knows
 * no array of one, so a single candidate is a plain job.
 */
export function planJobs(
  pipeline: PipelineRequest['pipeline'],
  { trainer }: Pick<ModelDefinition, 'trainer'>,
): PlannedJob[] {
  // To build a version again takes what it took to build it.
  if (pipeline === 'rebuild') return [{ step: pipeline, definition: 'train' }];
  if (pipeline !== 'train') return [{ step: pipeline, definition: pipeline }];
  const training = RUNGS.slice(0, rungsOf(trainer).length);
  const steps: readonly Step[] = ['prepare', ...training, 'evaluate', 'register', 'promote'];
  return steps.map((step, at) => trainingJob(step, steps[at - 1], childrenOf(step, trainer)));
}

/** The steps that train, by rung. */
const RUNGS: readonly Step[] = ['train', 'train-2', 'train-3', 'train-4'];

/** Jobs that a step is run by: one a candidate where it trains. */
export function childrenOf(step: Step, trainer: ModelDefinition['trainer']): number {
  return rungsOf(trainer)[RUNGS.indexOf(step)]?.candidates ?? 1;
}

function trainingJob(step: Step, after: Step | undefined, children: number): PlannedJob {
  return {
    step,
    definition: 'train',
    ...(after !== undefined && { after }),
    ...(children > 1 && { children }),
  };
}

/**
 * Names a run after what was asked for, so that the same event asked twice is the same run:
 * 'train-20010501-040000-schedule', with a hash of the options where there are some.
 */
export function runIdOf({ pipeline, asOf, trigger, options }: PipelineRequest): string {
  const [day = '', time = ''] = asOf.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  const hash = createHash('sha256')
    .update(JSON.stringify(sorted(options)))
    .digest('hex');
  const suffix = Object.keys(options).length > 0 ? `-${hash.slice(0, 8)}` : '';
  return `${pipeline}-${day}-${time}-${trigger}${suffix}`;
}

function sorted(options: PipelineRequest['options']): [string, unknown][] {
  return Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The pipeline that a step belongs to. */
export function pipelineOf(step: Step): PipelineRequest['pipeline'] {
  if (step === 'shard' || step === 'publish') return 'score';
  return step === 'score' || step === 'monitor' || step === 'rebuild' ? step : 'train';
}
