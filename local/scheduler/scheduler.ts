/** Amazon EventBridge Scheduler on this machine. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import {
  arn,
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import type { AsyncFunctions, Queues, Roles } from '../services.ts';
import { openStore } from '../store.ts';
import type { Service } from '../wire/service.ts';
import { deliverSchedule } from './delivery.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { createSchedulerApi } from './scheduler-api.ts';
import { arm } from './timer.ts';

export interface SchedulerOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly asyncFunctions: AsyncFunctions;
  /** Where a schedule's dead-letter queue is. */
  readonly queues: Queues;
  /** @default any role will do */
  readonly roles?: Roles;
}

export interface Scheduler {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  /** Begins to fire; called once the template is hosted. */
  start(): void;
  /** Settles when every call begun so far has ended, retries included. */
  idle(): Promise<void>;
  close(): void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { place, clock } = options;
  const schedules = new Map<string, Schedule>();
  const groups = new Set(['default']);
  const folder = join(options.stateFolder, 'scheduler');
  const fired = openStore<string>(join(folder, 'fired.jsonl'));
  const created = openStore<string>(join(folder, 'created.jsonl'));
  const running = new Set<Promise<void>>();
  let cancels: (() => void)[] = [];

  function fire(schedule: Schedule, scheduledAt: Date): void {
    const call = deliverSchedule({ schedule, scheduledAt, executionId: randomUUID() }, options);
    running.add(call);
    void call.finally(() => running.delete(call));
  }

  async function createSchedule(resource: Resource): Promise<PhysicalResource> {
    const schedule = readSchedule(resource, place, created, clock.now());
    const { RoleArn: roleArn } = schedule.properties.Target;
    if (roleArn !== undefined) options.roles?.requireTrust(roleArn, 'scheduler.amazonaws.com');
    schedules.set(schedule.arn, schedule);
    return { ref: schedule.name, attributes: { Arn: schedule.arn } };
  }

  async function createGroup(resource: Resource): Promise<PhysicalResource> {
    const { Name: name = resource.defaultName } = z
      .object({ Name: z.string().optional() })
      .parse(resource.properties);
    groups.add(name);
    const groupArn = arn(place, 'scheduler', `schedule-group/${name}`);
    return { ref: name, attributes: { Arn: groupArn, State: 'ACTIVE' } };
  }

  return {
    service: createSchedulerApi(place, groups, schedules),
    hosts: [
      { types: ['AWS::Scheduler::Schedule'], create: createSchedule },
      { types: ['AWS::Scheduler::ScheduleGroup'], create: createGroup },
    ],
    start() {
      const enabled = [...schedules.values()].filter((one) => one.properties.State === 'ENABLED');
      cancels = enabled.map((schedule) => {
        const { StartDate: from, EndDate: until } = schedule.properties;
        const fireAt = (scheduledAt: Date): void => fire(schedule, scheduledAt);
        const { arn: name, expression } = schedule;
        return arm({ name, expression, from, until, fire: fireAt }, clock, fired);
      });
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    close() {
      for (const cancel of cancels) cancel();
      fired.close();
      created.close();
    },
  };
}
