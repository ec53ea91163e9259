/**
 * Entry point of all jobs: `main <step> --run <run> --as-of <iso> [--options <json>]`, with
 * MODEL, BUCKET and TABLE in the environment. Exit code 2 means that a retry mends nothing.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import { pipelineOf, STEPS, type Step } from '../core/pipeline/plan.ts';
import { loadModel } from '../models/index.ts';
import { EXIT, exitCodeOf, messageOf } from './failure.ts';
import { failRun, runStep } from './run-step.ts';
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

async function main(): Promise<number> {
  const { step, run: runId, asOf, options } = readArguments();
  const definition = await loadModel(requireEnv('MODEL'));
  const scratch = await mkdtemp(join(tmpdir(), `tidemill-${step}-`));
  const started = performance.now();
  const context: StepContext = {
    definition,
    objects: s3Objects(requireEnv('BUCKET')),
    facts: dynamoFacts(requireEnv('TABLE')),
    runId,
    asOf,
    options,
    candidate: Number(process.env['AWS_BATCH_JOB_ARRAY_INDEX'] ?? 0),
    code: fingerprintOf(definition),
    scratch,
    say: (line) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${seconds.padStart(6)} s  ${step}  ${line}`);
    },
    publish: publisherFor(pipelineOf(step), definition.name),
  };
  failWhenStopped(step, context);
  try {
    return await runStep(step, await steps[step](), context);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Of the bundle that runs, as the stack names it, and of the declaration. */
function fingerprintOf(definition: unknown): string {
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

try {
  process.exitCode = await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = exitCodeOf(error);
}
