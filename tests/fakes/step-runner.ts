/** Runs steps of jobs in this process, on fakes. */
import type { Job, JobQueue } from '../../core/aws/jobs.ts';
import { runStep } from '../../batch/run-step.ts';
import type { StepContext, Telemetry } from '../../batch/step.ts';
import { steps } from '../../batch/steps/index.ts';
import type { Step } from '../../core/pipeline/plan.ts';
import { memoryFacts, type MemoryFacts } from './memory-facts.ts';
import { memoryObjects, type MemoryObjects } from './memory-objects.ts';
import { parcels } from './parcels.ts';
import { inScratchFolder } from './scratch.ts';

export interface StepRunner {
  readonly objects: MemoryObjects;
  readonly facts: MemoryFacts;
  /** Everything that was said. */
  readonly said: string[];
  readonly published: Telemetry[];
  /** Jobs that steps submitted, which nobody runs. */
  readonly jobs: Job[];
  readonly notices: string[];
  /** @returns the exit code */
  run(step: Step, change?: Partial<StepContext>): Promise<number>;
}

export function createStepRunner(): StepRunner {
  const objects = memoryObjects();
  const facts = memoryFacts();
  const said: string[] = [];
  const published: Telemetry[] = [];
  const jobs: Job[] = [];
  const notices: string[] = [];
  const queue: JobQueue = {
    submit: async (job) => `job-${jobs.push(job)}`,
    lost: async () => new Set(),
  };
  return {
    objects,
    facts,
    said,
    published,
    jobs,
    notices,
    run: (step, change = {}) =>
      inScratchFolder(async (scratch) =>
        runStep(step, await steps[step](), {
          definition: parcels,
          objects,
          facts,
          runId: 'run-1',
          asOf: new Date('2001-01-12T00:00:00Z'),
          options: {},
          candidate: 0,
          code: () => 'code',
          environment: { node: 'v20' },
          attempt: `${step}-1 attempt 1`,
          spent: () => 2,
          scratch,
          say: (line) => said.push(line),
          publish: (telemetry) => published.push(telemetry),
          childJobs: () => ({ queue, definition: 'score' }),
          notify: async (_, message) => void notices.push(message),
          ...change,
        }),
      ),
  };
}
