/** Runs steps of jobs in this process, on fakes; each may do what its job's role may. */
import type { Job, JobQueue } from '../../core/aws/jobs.ts';
import { runStep } from '../../batch/run-step.ts';
import type { StepContext, Telemetry } from '../../batch/step.ts';
import { steps } from '../../batch/steps/index.ts';
import type { JobKind, Step } from '../../core/pipeline/plan.ts';
import { accessOfJob, openParcelAccess } from './job-access.ts';
import { memoryFacts, type MemoryFacts } from './memory-facts.ts';
import { memoryObjects, type MemoryObjects } from './memory-objects.ts';
import { parcels } from './parcels.ts';
import { inScratchFolder } from './scratch.ts';

const access = await openParcelAccess();

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
  return {
    objects,
    facts,
    said,
    published,
    jobs,
    notices,
    run: (step, change = {}) =>
      inScratchFolder(async (scratch) => {
        const role = accessOfJob(access, kindOf(step));
        const queue: JobQueue = {
          async submit(job) {
            role.submit(`tidemill-dev-late-parcel-${job.definition}`);
            return `job-${jobs.push(job)}`;
          },
          lost: async () => new Set(),
        };
        return runStep(step, await steps[step](), {
          definition: parcels,
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
          async notify(_, message) {
            role.notify();
            notices.push(message);
          },
          ...change,
          objects: role.objects(change.objects ?? objects),
          facts: role.facts(change.facts ?? facts),
        });
      }),
  };
}

/** Which of a model's jobs runs a step. */
function kindOf(step: Step): JobKind {
  if (step === 'monitor') return 'monitor';
  return step === 'score' || step === 'shard' || step === 'publish' ? 'score' : 'train';
}
