/** Calls the target of a schedule, again where it fails. */
import { type Clock, pause } from '../clock.ts';
import type { Principal } from '../iam/principal.ts';
import type { AsyncFunctions, Queues } from '../services.ts';
import type { Schedule } from './schedule.ts';

export interface Firing {
  readonly schedule: Schedule;
  readonly scheduledAt: Date;
  readonly executionId: string;
}

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly asyncFunctions: AsyncFunctions;
  readonly queues: Queues;
}

/** Pause before the second call; it doubles up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Calls the target until it was reached, the attempts are used up or the event is too old; then the
 * input goes to the dead-letter queue, if there is one.
 *
 * As on AWS, Lambda takes the event, and the function's own errors are Lambda's to retry: an attempt
 * fails only when Lambda does not take it.
 */
export async function deliverSchedule(firing: Firing, ports: DeliveryPorts): Promise<void> {
  const { Arn: target, RetryPolicy: policy, DeadLetterConfig } = firing.schedule.properties.Target;
  const began = ports.clock.now().getTime();
  const actor = actorOf(firing.schedule);
  let failure: unknown;
  for (let attempt = 1; attempt <= policy.MaximumRetryAttempts + 1; attempt += 1) {
    try {
      ports.asyncFunctions.accept(target, inputOf(firing, attempt), actor);
      return;
    } catch (cause) {
      failure = cause;
    }
    const waitMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
    const age = ports.clock.now().getTime() - began + waitMs;
    if (attempt > policy.MaximumRetryAttempts || age > policy.MaximumEventAgeInSeconds * 1000)
      break;
    await pause(ports.clock, waitMs);
  }
  console.error(`schedule '${firing.schedule.name}' could not call ${target}:`, failure);
  if (DeadLetterConfig) await ports.queues.send(DeadLetterConfig.Arn, inputOf(firing, 1), actor);
}

function actorOf({ name, properties }: Schedule): Principal {
  return { kind: 'role', roleArn: properties.Target.RoleArn ?? '', session: name };
}

/**
 * Returns the schedule's input with its context attributes filled in.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function inputOf({ schedule, scheduledAt, executionId }: Firing, attempt: number): string {
  return schedule.properties.Target.Input.replaceAll(
    '<aws.scheduler.scheduled-time>',
    scheduledAt.toISOString().replace('.000Z', 'Z'),
  )
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt))
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn);
}
