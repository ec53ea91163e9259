/** The REST API of EventBridge Scheduler, as far as looking at schedules needs it. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import type { Output } from '../wire/operations.ts';
import { createRestService } from '../wire/rest-json.ts';
import type { Service } from '../wire/service.ts';
import { arn, type Place } from '../resource.ts';
import type { Schedule } from './schedule.ts';

const List = z.object({
  ScheduleGroup: z.string().optional(),
  NamePrefix: z.string().default(''),
  State: z.string().optional(),
});
const Get = z.object({ name: z.string(), groupName: z.string().default('default') });

/** Builds the service that clients sign for as 'scheduler'. */
export function createSchedulerApi(
  place: Place,
  groups: ReadonlySet<string>,
  schedules: ReadonlyMap<string, Schedule>,
): Service {
  return createRestService('scheduler', [
    {
      name: 'ListSchedules',
      method: 'GET',
      path: '/schedules',
      async operation(input) {
        const request = parseInput(List, input);
        const found = [...schedules.values()].filter(
          ({ name, properties }) =>
            name.startsWith(request.NamePrefix) &&
            (request.ScheduleGroup ?? properties.GroupName) === properties.GroupName &&
            (request.State ?? properties.State) === properties.State,
        );
        return { Schedules: found.map(summarize) };
      },
    },
    {
      name: 'GetSchedule',
      method: 'GET',
      path: '/schedules/{name}',
      async operation(input) {
        const { name, groupName } = parseInput(Get, input);
        const schedule = schedules.get(arn(place, 'scheduler', `schedule/${groupName}/${name}`));
        if (schedule === undefined) {
          const known = [...schedules.values()].map((one) => one.name).join(', ');
          throw new AwsError(
            'ResourceNotFoundException',
            `Schedule ${name} does not exist in group ${groupName}; there are: ${known}`,
            { status: 404 },
          );
        }
        return describe(schedule);
      },
    },
    {
      name: 'ListScheduleGroups',
      method: 'GET',
      path: '/schedule-groups',
      operation: async () => ({
        ScheduleGroups: [...groups].map((name) => ({
          Name: name,
          Arn: arn(place, 'scheduler', `schedule-group/${name}`),
          State: 'ACTIVE',
        })),
      }),
    },
  ]);
}

function summarize({ name, arn: scheduleArn, properties, createdAt }: Schedule): Output {
  return {
    Name: name,
    Arn: scheduleArn,
    GroupName: properties.GroupName,
    State: properties.State,
    CreationDate: createdAt,
    LastModificationDate: createdAt,
    Target: { Arn: properties.Target.Arn },
  };
}

function describe(schedule: Schedule): Output {
  const { properties } = schedule;
  return {
    ...summarize(schedule),
    Description: properties.Description,
    ScheduleExpression: properties.ScheduleExpression,
    ScheduleExpressionTimezone: properties.ScheduleExpressionTimezone,
    StartDate: properties.StartDate,
    EndDate: properties.EndDate,
    FlexibleTimeWindow: properties.FlexibleTimeWindow,
    Target: properties.Target,
  };
}
