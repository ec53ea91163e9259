/** Where events go that a function could not take. */
import type { Principal } from '../iam/principal.ts';
import type { Queues, Topics } from '../services.ts';

export interface DestinationPorts {
  readonly queues: Queues;
  readonly topics: Topics;
  /** The function that the events were for. */
  readonly actor: Principal;
}

/**
 * Sends a record to the queue or topic of an ARN.
 *
 * @throws {Error} if the ARN is of another service, or the destination does not take it
 */
export async function sendToDestination(
  arn: string,
  body: string,
  { queues, topics, actor }: DestinationPorts,
): Promise<void> {
  const [, , service] = arn.split(':');
  if (service === 'sqs') await queues.send(arn, body, actor);
  else if (service === 'sns') await topics.publish(arn, '', body, actor);
  else throw new Error(`'${arn}' cannot take failed events; use a queue or a topic`);
}
