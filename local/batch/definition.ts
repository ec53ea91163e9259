/** Job definitions: what the template declares, and the command that a job makes of it. */
import * as z from 'zod';
import type { JobSpec } from './job.ts';

const Keywords = z.record(z.string(), z.string());
const NameValue = z
  .object({ Name: z.string(), Value: z.coerce.string() })
  .transform(({ Name, Value }) => ({ name: Name, value: Value }));
const Requirement = z
  .object({ Type: z.enum(['VCPU', 'MEMORY', 'GPU']), Value: z.coerce.string() })
  .transform(({ Type, Value }) => ({ type: Type, value: Value }));
const Rule = z
  .object({
    Action: z.preprocess((action) => String(action).toUpperCase(), z.enum(['RETRY', 'EXIT'])),
    OnExitCode: z.string().optional(),
    OnReason: z.string().optional(),
    OnStatusReason: z.string().optional(),
  })
  .transform((rule) => ({
    action: rule.Action,
    onExitCode: rule.OnExitCode,
    onReason: rule.OnReason,
    onStatusReason: rule.OnStatusReason,
  }));

/** The properties of AWS::Batch::JobDefinition that have a meaning on a laptop. */
export const DefinitionProperties = z.object({
  JobDefinitionName: z.string().optional(),
  Type: z.literal('container'),
  PlatformCapabilities: z.array(z.string()).default(['EC2']),
  Parameters: Keywords.default({}),
  Tags: Keywords.default({}),
  ContainerProperties: z.object({
    Image: z.string(),
    Command: z.array(z.string()).default([]),
    Environment: z.array(NameValue).default([]),
    JobRoleArn: z.string().optional(),
    ExecutionRoleArn: z.string().optional(),
    ResourceRequirements: z.array(Requirement).default([]),
    LogConfiguration: z.object({ Options: Keywords.default({}) }).optional(),
  }),
  RetryStrategy: z
    .object({
      Attempts: z.coerce.number().int().min(1).max(10).default(1),
      EvaluateOnExit: z.array(Rule).default([]),
    })
    .default({ Attempts: 1, EvaluateOnExit: [] }),
  Timeout: z.object({ AttemptDurationSeconds: z.coerce.number().int() }).optional(),
});

/** One revision of a job definition. */
export interface JobDefinition {
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
  readonly properties: z.output<typeof DefinitionProperties>;
  readonly codeFolder: string;
}

/** The parts of a job that come from its definition alone. */
export function specOf(
  definition: JobDefinition,
): Pick<
  JobSpec,
  | 'definitionArn'
  | 'image'
  | 'jobRoleArn'
  | 'executionRoleArn'
  | 'codeFolder'
  | 'environment'
  | 'logs'
> {
  const { ContainerProperties: container } = definition.properties;
  const log = container.LogConfiguration?.Options ?? {};
  return {
    definitionArn: definition.arn,
    image: container.Image,
    jobRoleArn: container.JobRoleArn,
    executionRoleArn: container.ExecutionRoleArn,
    codeFolder: definition.codeFolder,
    logs: {
      group: log['awslogs-group'] ?? '/aws/batch/job',
      streamPrefix: log['awslogs-stream-prefix'] ?? definition.name,
    },
    environment: Object.fromEntries(
      container.Environment.map(({ name, value }) => [name, value] as const),
    ),
  };
}

/** A placeholder in a command that neither the submission nor the definition gives a value. */
export class MissingParameterError extends Error {
  override readonly name = 'MissingParameterError';
  readonly parameter: string;

  constructor(parameter: string, known: readonly string[]) {
    super(
      `parameter '${parameter}' of the command has no value (given: ${known.join(', ') || 'none'}); ` +
        `pass it in the submission's parameters`,
    );
    this.parameter = parameter;
  }
}

/**
 * Puts parameters in the place of `Ref::name` placeholders.
 *
 * @throws {MissingParameterError} for a placeholder without a value
 */
export function resolveCommand(
  command: readonly string[],
  parameters: Readonly<Record<string, string>>,
): string[] {
  return command.map((word) =>
    word.replaceAll(/Ref::([\w-]+)/g, (_, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new MissingParameterError(name, Object.keys(parameters));
      return value;
    }),
  );
}
