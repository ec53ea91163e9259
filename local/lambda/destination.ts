/** Where events go that a function could not take. */
import type { Queues, Topics } from '../services.ts';

/**
 * Sends a record to the queue or topic of an ARN.
 *
 * @throws {Error} if the ARN is of another service, or the destination does not take it
 */
export async function sendToDestination(
  arn: string,
  body: string,
  { queues, topics }: { readonly queues: Queues; readonly topics: Topics },
): Promise<void> {
  const [, , service] = arn.split(':');
  if (service === 'sqs') await queues.send(arn, body);
  else if (service === 'sns') await topics.publish(arn, '', body);
  else throw new Error(`'${arn}' cannot take failed events; use a queue or a topic`);
}
