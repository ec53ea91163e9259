/** From a SubmitJob request to a job that can run. */
import * as z from 'zod';
import { type JobDefinition, resolveCommand, specOf } from './definition.ts';
import type { JobSpec, ResourceRequirement } from './job.ts';

const Keywords = z.record(z.string(), z.string());
const Requirement = z.object({ type: z.enum(['VCPU', 'MEMORY', 'GPU']), value: z.string() });

/** The body of a SubmitJob request. */
export const SubmitJob = z.object({
  jobName: z
    .string()
    .regex(
      /^[A-Za-z0-9][\w-]{0,127}$/,
      'must be 1 to 128 letters, digits, hyphens and underscores',
    ),
  jobQueue: z.string(),
  jobDefinition: z.string(),
  parameters: Keywords.default({}),
  arrayProperties: z
    .object({ size: z.int().min(2).max(10_000) })
    .partial()
    .optional(),
  dependsOn: z
    .array(
      z.object({
        jobId: z.string().optional(),
        type: z.enum(['N_TO_N', 'SEQUENTIAL']).optional(),
      }),
    )
    .max(20)
    .default([]),
  containerOverrides: z
    .object({
      command: z.array(z.string()),
      environment: z.array(z.object({ name: z.string(), value: z.string().default('') })),
      resourceRequirements: z.array(Requirement),
      vcpus: z.number(),
      memory: z.number(),
    })
    .partial()
    .default({}),
  retryStrategy: z
    .object({
      attempts: z.int().min(1).max(10).default(1),
      evaluateOnExit: z
        .array(
          z.object({
            action: z.preprocess((word) => String(word).toUpperCase(), z.enum(['RETRY', 'EXIT'])),
            onExitCode: z.string().optional(),
            onReason: z.string().optional(),
            onStatusReason: z.string().optional(),
          }),
        )
        .max(5)
        .default([]),
    })
    .optional(),
  timeout: z.object({ attemptDurationSeconds: z.int().min(60) }).optional(),
  tags: Keywords.default({}),
});

type Submission = z.output<typeof SubmitJob>;

/**
 * Joins a submission with its definition; the submission wins.
 *
 * @throws {MissingParameterError} if the command has a placeholder without a value
 */
export function planJob(
  jobId: string,
  queueArn: string,
  definition: JobDefinition,
  submission: Submission,
): JobSpec {
  const { properties } = definition;
  const container = properties.ContainerProperties;
  const overrides = submission.containerOverrides;
  const parameters = { ...properties.Parameters, ...submission.parameters };
  const base = specOf(definition);
  return {
    ...base,
    jobId,
    jobName: submission.jobName,
    queueArn,
    parameters,
    command: resolveCommand(overrides.command ?? container.Command, parameters),
    environment: {
      ...base.environment,
      ...Object.fromEntries((overrides.environment ?? []).map(({ name, value }) => [name, value])),
    },
    requirements: mergeRequirements(
      container.ResourceRequirements,
      overriddenRequirements(overrides),
    ),
    retry: submission.retryStrategy ?? {
      attempts: properties.RetryStrategy.Attempts,
      evaluateOnExit: properties.RetryStrategy.EvaluateOnExit,
    },
    timeoutSeconds:
      submission.timeout?.attemptDurationSeconds ?? properties.Timeout?.AttemptDurationSeconds,
    dependsOn: submission.dependsOn,
    arraySize: submission.arrayProperties?.size,
    tags: { ...properties.Tags, ...submission.tags },
  };
}

/** `vcpus` and `memory` are the older way to ask for the same. */
function overriddenRequirements(
  overrides: Submission['containerOverrides'],
): readonly ResourceRequirement[] {
  const { vcpus, memory, resourceRequirements = [] } = overrides;
  const older: ResourceRequirement[] = [];
  if (vcpus !== undefined) older.push({ type: 'VCPU', value: String(vcpus) });
  if (memory !== undefined) older.push({ type: 'MEMORY', value: String(memory) });
  return [...older, ...resourceRequirements];
}

function mergeRequirements(
  defined: readonly ResourceRequirement[],
  overriding: readonly ResourceRequirement[],
): ResourceRequirement[] {
  return [...new Map([...defined, ...overriding].map((one) => [one.type, one])).values()];
}
