/**
 * A job: `<step> --run <run> --as-of <iso> [--options <json>]`, with MODEL, BUCKET and TABLE in
 * the environment. Exit code 2 means that a retry mends nothing.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { batchQueue } from '../core/aws/jobs.ts';
import { noticesTo } from '../core/aws/notices.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import { pipelineOf, STEPS, type Step } from '../core/pipeline/plan.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { EXIT, exitCodeOf, messageOf } from './failure.ts';
import { environment } from './environment.ts';
import { failRun, noteCost, runStep } from './run-step.ts';
import type { StepContext } from './step.ts';
import { steps } from './steps/index.ts';
import { publisherFor } from './telemetry.ts';

const Arguments = z.object({
  step: z.enum(STEPS),
  run: z.string().min(1),
  asOf: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  options: z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: `'${text}' is not JSON` });
      return z.NEVER;
    }
  }),
});

/** @throws {RangeError} with how to call it */
function readArguments(): z.output<typeof Arguments> {
  const parsed = Arguments.safeParse(rawArguments());
  if (parsed.success) return parsed.data;
  throw new RangeError(`${USAGE}\n${z.prettifyError(parsed.error)}`);
}

const USAGE = `usage: <${STEPS.join('|')}> --run <run> --as-of <iso> [--options <json>]`;

function rawArguments(): unknown {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        run: { type: 'string' },
        'as-of': { type: 'string' },
        options: { type: 'string', default: '{}' },
      },
    });
    const { run, 'as-of': asOf, options } = values;
    return { step: positionals[0], run, asOf, options };
  } catch (error) {
    throw new RangeError(`${USAGE}\n${messageOf(error)}`, { cause: error });
  }
}

/** Does what the command line asks for and sets the exit code. */
export async function runJob(loadModel: (name: string) => Promise<ModelDefinition>): Promise<void> {
  try {
    process.exitCode = await work(loadModel);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = exitCodeOf(error);
  }
}

async function work(loadModel: (name: string) => Promise<ModelDefinition>): Promise<number> {
  const request = readArguments();
  const { step } = request;
  const definition = await loadModel(requireEnv('MODEL'));
  const scratch = await mkdtemp(join(tmpdir(), `tidemill-${step}-`));
  const context = contextOf(request, definition, scratch);
  failWhenStopped(step, context);
  const costs = setInterval(() => void noteCost(step, context).catch(() => {}), COST_EVERY_MS);
  try {
    return await runStep(step, await steps[step](), context);
  } finally {
    clearInterval(costs);
    await rm(scratch, { recursive: true, force: true });
  }
}

const COST_EVERY_MS = 15_000;

function contextOf(
  { step, run: runId, asOf, options }: z.output<typeof Arguments>,
  definition: ModelDefinition,
  scratch: string,
): StepContext {
  const started = performance.now();
  const { env } = process;
  const seconds = (): number => (performance.now() - started) / 1000;
  return {
    definition,
    objects: s3Objects(requireEnv('BUCKET')),
    facts: dynamoFacts(requireEnv('TABLE')),
    runId,
    asOf,
    options,
    candidate: Number(env['AWS_BATCH_JOB_ARRAY_INDEX'] ?? 0),
    code: fingerprintOf,
    environment: environment(),
    attempt: `${step} ${env['AWS_BATCH_JOB_ID'] ?? 'by hand'} ${env['AWS_BATCH_JOB_ATTEMPT'] ?? '1'}`,
    // The process has been there for longer than this module.
    spent: () => process.uptime() * Number(env['VCPUS'] ?? 1),
    scratch,
    say: (line) => console.log(`${seconds().toFixed(1).padStart(6)} s  ${step}  ${line}`),
    publish: publisherFor(pipelineOf(step), definition.name),
    childJobs: () => ({
      queue: batchQueue(requireEnv('JOB_QUEUE')),
      definition: requireEnv('SCORE_JOB'),
    }),
    notify: noticesTo(env['NOTICE_TOPIC']),
  };
}

/** Of the bundle that runs, as the stack names it, and of the declaration. */
function fingerprintOf(definition: ModelDefinition): string {
  return createHash('sha256')
    .update(process.env['CODE_SHA256'] ?? '')
    .update(JSON.stringify(definition))
    .digest('hex');
}

/** Batch stops a job that takes too long with SIGTERM, and kills it half a minute later. */
function failWhenStopped(step: Step, context: StepContext): void {
  process.once('SIGTERM', () => {
    const reason = 'the job was stopped: it took too long, or somebody ended it';
    void failRun(step, context, reason).finally(() => process.exit(EXIT.tryAgain));
  });
}
