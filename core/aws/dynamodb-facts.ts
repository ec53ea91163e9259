/** Facts in a DynamoDB table with the keys `partition` and `sort`. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { asFact, inCalls, queryInput } from './fact-items.ts';
import type { Fact, FactKey, RemovableFacts } from './facts.ts';

let processClient: DynamoDBDocumentClient | undefined;

/**
 * Returns the facts of a table.
 *
 * @param client @default one client for the whole process, configured by the environment
 */
export function dynamoFacts(
  table: string,
  client: DynamoDBDocumentClient = (processClient ??= documentClient()),
): RemovableFacts {
  const get = async ({ partition, sort }: FactKey): Promise<Fact | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { partition, sort }, ConsistentRead: true }),
    );
    return Item && asFact(Item);
  };

  const putWhere = async (fact: Fact, condition: Condition): Promise<boolean> => {
    try {
      await client.send(new PutCommand({ TableName: table, Item: fact, ...condition }));
      return true;
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      // A second attempt can find what the first one wrote, whose answer was lost.
      return (cause.$metadata.attempts ?? 1) > 1 && isDeepStrictEqual(await get(fact), kept(fact));
    }
  };

  return {
    get,
    getMany: (keys) => getMany(client, table, keys),
    putIfAbsent: (fact) =>
      putWhere(fact, {
        ConditionExpression: 'attribute_not_exists(#partition)',
        ExpressionAttributeNames: { '#partition': 'partition' },
      }),
    replace: (fact, expected) =>
      putWhere(fact, {
        ConditionExpression: '#revision = :expected',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':expected': expected },
      }),
    query: async (partition, options = {}) => {
      const found: Fact[] = [];
      let from: QueryCommandInput['ExclusiveStartKey'];
      do {
        const left = options.limit === undefined ? undefined : options.limit - found.length;
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            ...queryInput(partition, options),
            ...(left !== undefined && { Limit: left }),
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        found.push(...(page.Items ?? []).map(asFact));
        from = page.LastEvaluatedKey;
      } while (from && (options.limit === undefined || found.length < options.limit));
      return found;
    },
    remove: async ({ partition, sort }) => {
      await client.send(new DeleteCommand({ TableName: table, Key: { partition, sort } }));
    },
  };
}

async function getMany(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly FactKey[],
): Promise<Fact[]> {
  const places = keys.map(({ partition, sort }) => ({ partition, sort }));
  const items = await inCalls<Record<string, unknown>, Record<string, unknown>>(
    places,
    async (asked) => {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({
          RequestItems: { [table]: { Keys: [...asked], ConsistentRead: true } },
        }),
      );
      return { items: Responses?.[table] ?? [], left: UnprocessedKeys?.[table]?.Keys ?? [] };
    },
  );
  return items.map(asFact);
}

/**
 * Reads every fact of a table, in no order.
 *
 * @yields one fact after the other
 */
export async function* scanFacts(
  table: string,
  client: DynamoDBDocumentClient = (processClient ??= documentClient()),
): AsyncGenerator<Fact> {
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of page.Items ?? []) yield asFact(item);
  }
}

type Condition = Pick<
  ConstructorParameters<typeof PutCommand>[0],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** A fact without what is undefined, as the table keeps it. */
function kept(fact: Fact): unknown {
  return JSON.parse(JSON.stringify(fact));
}

function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
}
