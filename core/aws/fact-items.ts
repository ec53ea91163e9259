/** How facts lie in the table: as items with the keys `partition` and `sort`. */
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fact, FactQuery } from './facts.ts';

/** The parameters of a Query, with values as JavaScript has them. */
export function queryInput(
  partition: string,
  { sortPrefix, after, descending = false }: FactQuery,
): Omit<QueryCommandInput, 'TableName'> {
  const names = { '#partition': 'partition' };
  const values = { ':partition': partition };
  const order = { ConsistentRead: true, ScanIndexForward: !descending };
  if (sortPrefix === undefined) {
    return {
      ...order,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    };
  }
  const sorted = { ...order, ExpressionAttributeNames: { ...names, '#sort': 'sort' } };
  if (after === undefined) {
    return {
      ...sorted,
      KeyConditionExpression: '#partition = :partition AND begins_with(#sort, :prefix)',
      ExpressionAttributeValues: { ...values, ':prefix': sortPrefix },
    };
  }
  // One condition is all that a sort key may have, and BETWEEN includes both of its ends.
  return {
    ...sorted,
    KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :first AND :last',
    ExpressionAttributeValues: {
      ...values,
      ':first': `${after}\u0000`,
      ':last': `${sortPrefix}\u{10FFFF}`,
    },
  };
}

/** An item of the table, whose keys its definition guarantees. */
export function asFact(item: Readonly<Record<string, unknown>>): Fact {
  const { partition, sort } = item;
  if (typeof partition !== 'string' || typeof sort !== 'string') {
    throw new TypeError(
      `item has the keys ${Object.keys(item).join(', ')}; the table needs 'partition' and 'sort' as text keys`,
    );
  }
  return { ...item, partition, sort };
}

/** Places that one BatchGetItem takes. */
const PLACES_A_CALL = 100;

const WAIT_MS = 50;

/** Splits what is asked for into calls, each of which is asked again for what it leaves out. */
export async function inCalls<Key, Item>(
  keys: readonly Key[],
  ask: (keys: readonly Key[]) => Promise<{ items: readonly Item[]; left: readonly Key[] }>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let left = keys; left.length > 0;) {
    const asked = left.slice(0, PLACES_A_CALL);
    // What is left out is what the table had no capacity for just now.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ask(asked);
    found.push(...answer.items);
    // oxlint-disable-next-line no-await-in-loop
    if (answer.left.length > 0) await sleep(WAIT_MS);
    left = [...answer.left, ...left.slice(PLACES_A_CALL)];
  }
  return found;
}
