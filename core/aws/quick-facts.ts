/** The facts of a table for servers that read a few and must have them soon. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { asFact, inCalls, queryInput } from './fact-items.ts';
import type { Fact, FactKey, FactTable } from './facts.ts';
import { signedRequest } from './signed-request.ts';

type Item = Parameters<typeof unmarshall>[0];

/** Reads without DynamoDB's client, which is loaded with the first write. */
export function quickFacts(table: string): FactTable {
  let slow: Promise<FactTable> | undefined;
  const writer = (): Promise<FactTable> =>
    (slow ??= import('./dynamodb-facts.ts').then(({ dynamoFacts }) => dynamoFacts(table)));

  return {
    async get(key) {
      const asked = { TableName: table, Key: itemKey(key), ConsistentRead: true };
      const { Item: item } = await call<{ readonly Item?: Item }>('GetItem', asked);
      return item && factOf(item);
    },
    async getMany(keys) {
      const items = await inCalls(keys.map(itemKey), async (asked) => {
        const answer: Batch = await call('BatchGetItem', {
          RequestItems: { [table]: { Keys: asked, ConsistentRead: true } },
        });
        const left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
        return { items: answer.Responses?.[table] ?? [], left };
      });
      return items.map(factOf);
    },
    async query(partition, options = {}) {
      const { ExpressionAttributeValues: values, ...input } = queryInput(partition, options);
      const asked = {
        TableName: table,
        ...input,
        ExpressionAttributeValues: marshall(values),
      };
      const found: Fact[] = [];
      let from: Item | undefined;
      do {
        const page: Page = await call('Query', {
          ...asked,
          ...(options.limit !== undefined && { Limit: options.limit - found.length }),
          ...(from && { ExclusiveStartKey: from }),
        });
        found.push(...(page.Items ?? []).map(factOf));
        from = page.LastEvaluatedKey;
      } while (from && (options.limit === undefined || found.length < options.limit));
      return found;
    },
    putIfAbsent: async (fact) => (await writer()).putIfAbsent(fact),
    replace: async (fact, expected) => (await writer()).replace(fact, expected),
  };
}

interface Page {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

interface Batch {
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly Item[] }>>;
}

function itemKey({ partition, sort }: FactKey): Item {
  return marshall({ partition, sort });
}

function factOf(item: Item): Fact {
  return asFact(unmarshall(item));
}

/** @throws {Error} with what the service said */
async function call<Answer>(operation: string, input: object): Promise<Answer> {
  const { status, body } = await signedRequest({
    service: 'dynamodb',
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
  });
  if (status === 200) return JSON.parse(body.toString());
  throw new Error(`DynamoDB's ${operation} failed: ${status} ${body.toString().slice(0, 300)}`);
}
