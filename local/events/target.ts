/** Hands an event to the target of a rule. */
import type { AsyncFunctions, Queues, Topics } from '../services.ts';
import { inputFor } from './input.ts';
import type { Rule, Target } from './rule.ts';

export interface TargetPorts {
  readonly asyncFunctions: AsyncFunctions;
  readonly queues: Queues;
  readonly topics: Topics;
}

/** Never fails: a target that cannot be reached is told on stderr, and the others get the event. */
export async function callTarget(
  rule: Rule,
  target: Target,
  event: Readonly<Record<string, unknown>>,
  ports: TargetPorts,
): Promise<void> {
  try {
    const input = inputFor(target, event);
    const actor = { kind: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn } as const;
    if (target.Arn.startsWith('arn:aws:lambda:')) {
      ports.asyncFunctions.accept(target.Arn, input, actor);
    } else if (target.Arn.startsWith('arn:aws:sns:')) {
      await ports.topics.publish(target.Arn, '', input, actor);
    } else {
      await ports.queues.send(target.Arn, input, actor);
    }
  } catch (cause) {
    console.error(`rule '${rule.name}' could not reach ${target.Arn}:`, cause);
  }
}
