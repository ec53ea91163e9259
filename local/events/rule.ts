/** A rule as the template declares it. */
import * as z from 'zod';
import { arn, type Place, type Resource } from '../resource.ts';
import { parseSchedule, type ScheduleExpression } from '../scheduler/expression.ts';
import { compilePattern } from './pattern.ts';

const Target = z.object({
  Id: z.string(),
  Arn: z
    .string()
    .regex(
      /^arn:aws:(lambda|sns|sqs):/,
      'the laptop sends events to Lambda functions, SNS topics and SQS queues',
    ),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({
      InputPathsMap: z.record(z.string(), z.string()).default({}),
      InputTemplate: z.string(),
    })
    .optional(),
});
export type Target = z.output<typeof Target>;

const RuleProperties = z
  .object({
    Name: z.string().optional(),
    Description: z.string().optional(),
    EventBusName: z.literal('default', 'the laptop has the default bus only').optional(),
    EventPattern: z.record(z.string(), z.unknown()).optional(),
    ScheduleExpression: z.string().optional(),
    State: z.string().default('ENABLED'),
    Targets: z.array(Target).default([]),
  })
  .refine(
    ({ EventPattern, ScheduleExpression }) => (EventPattern ?? ScheduleExpression) !== undefined,
    'a rule needs an EventPattern or a ScheduleExpression',
  );

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly properties: z.output<typeof RuleProperties>;
  readonly matches?: ((event: unknown) => boolean) | undefined;
  readonly schedule?: ScheduleExpression | undefined;
  readonly targets: readonly Target[];
}

/**
 * @param now the moment from which the rule's rate counts
 * @throws {ZodError | EventPatternError | ScheduleExpressionError} for a rule that cannot be hosted
 */
export function readRule(resource: Resource, place: Place, now: Date): Rule {
  const properties = RuleProperties.parse(resource.properties);
  const { EventPattern: pattern, ScheduleExpression: schedule } = properties;
  const name = properties.Name ?? resource.defaultName;
  return {
    name,
    arn: arn(place, 'events', `rule/${name}`),
    enabled: properties.State !== 'DISABLED',
    properties,
    matches: pattern && compilePattern(pattern),
    schedule: schedule === undefined ? undefined : parseSchedule(schedule, 'UTC', now),
    targets: properties.Targets,
  };
}
