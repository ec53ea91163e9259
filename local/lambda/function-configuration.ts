/** What the template says about one function. */
import * as z from 'zod';
import type { Principal } from '../iam/principal.ts';
import { arn } from '../resource.ts';
import type { Place, Resource } from '../resource.ts';

const FunctionProperties = z.object({
  FunctionName: z.string().optional(),
  Description: z.string().default(''),
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs', {
    error: 'the laptop runs nodejs functions only; bundle it for Node.js',
  }),
  MemorySize: z.coerce.number().default(128),
  Timeout: z.coerce.number().default(3),
  Role: z.string(),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  DeadLetterConfig: z.object({ TargetArn: z.string().optional() }).optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
});

export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** For instance `index.handler`. */
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** At most this many sandboxes; absent when the template reserves none. */
  readonly reservedConcurrency?: number;
  /** Queue or topic that gets events of asynchronous calls that failed for good. */
  readonly deadLetterArn?: string;
  readonly logGroup: string;
}

/** Returns whom a function acts as. */
export function actorOf({ roleArn, name }: FunctionConfiguration): Principal {
  return { kind: 'role', roleArn, session: name };
}

/** @throws {z.ZodError} naming the property that is missing or wrong */
export function readFunctionConfiguration(resource: Resource, place: Place): FunctionConfiguration {
  const properties = FunctionProperties.parse(resource.properties);
  const name = properties.FunctionName ?? resource.defaultName;
  const deadLetterArn = properties.DeadLetterConfig?.TargetArn;
  const reservedConcurrency = properties.ReservedConcurrentExecutions;
  return {
    name,
    arn: arn(place, 'lambda', `function:${name}`),
    description: properties.Description,
    handler: properties.Handler,
    runtime: properties.Runtime,
    memoryMiB: properties.MemorySize,
    timeoutSeconds: properties.Timeout,
    roleArn: properties.Role,
    environment: properties.Environment.Variables,
    logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}
