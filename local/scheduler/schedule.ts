/** A schedule as the template declares it. */
import * as z from 'zod';
import { arn, type Place, type Resource } from '../resource.ts';
import type { Store } from '../store.ts';
import { parseSchedule, type ScheduleExpression } from './expression.ts';

const Moment = z.iso
  .datetime({ offset: true, local: true })
  .transform((text) => new Date(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`));

const ScheduleProperties = z.object({
  Name: z.string().optional(),
  GroupName: z.string().default('default'),
  Description: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  StartDate: Moment.optional(),
  EndDate: Moment.optional(),
  FlexibleTimeWindow: z.object({ Mode: z.string() }).default({ Mode: 'OFF' }),
  Target: z.object({
    Arn: z
      .string()
      .regex(/^arn:aws:lambda:/, 'the laptop fires schedules at Lambda functions and nothing else'),
    RoleArn: z.string().optional(),
    Input: z.string().default('{}'),
    RetryPolicy: z
      .object({
        MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).default(185),
        MaximumEventAgeInSeconds: z.coerce.number().int().default(86_400),
      })
      .default({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 }),
    DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
  }),
});

export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly properties: z.output<typeof ScheduleProperties>;
  readonly expression: ScheduleExpression;
  readonly createdAt: Date;
}

/**
 * @param created when schedules were first made, by ARN; rates count from then on
 * @throws {ZodError | ScheduleExpressionError} for a schedule that cannot be hosted
 */
export function readSchedule(
  resource: Resource,
  place: Place,
  created: Store<string>,
  now: Date,
): Schedule {
  const properties = ScheduleProperties.parse(resource.properties);
  const name = properties.Name ?? resource.defaultName;
  const scheduleArn = arn(place, 'scheduler', `schedule/${properties.GroupName}/${name}`);
  if (!created.has(scheduleArn)) created.set(scheduleArn, now.toISOString());
  const createdAt = new Date(created.get(scheduleArn) ?? now);
  const expression = parseSchedule(
    properties.ScheduleExpression,
    properties.ScheduleExpressionTimezone,
    properties.StartDate ?? createdAt,
  );
  return { name, arn: scheduleArn, properties, expression, createdAt };
}
