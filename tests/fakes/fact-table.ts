/** The table of facts, as the stack makes it, in a DynamoDB that is there. */
import {
  CreateTableCommand,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import type { FactTable } from '../../core/aws/facts.ts';

export async function createFactTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'partition', AttributeType: 'S' },
        { AttributeName: 'sort', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'sort', KeyType: 'RANGE' },
      ],
    }),
  );
  await untilActive(client, name);
}

/** A table that is still being made is refused as one that is not there. */
export async function untilActive(client: DynamoDBClient, name: string): Promise<void> {
  const often = { minDelay: 0.01, maxDelay: 0.01 };
  await waitUntilTableExists({ client, maxWaitTime: 5, ...often }, { TableName: name });
}

/** Returns the facts of a table, as somebody who has read none of them yet. */
export function factsIn(client: DynamoDBClient, name: string): FactTable {
  const marshallOptions = { removeUndefinedValues: true };
  return dynamoFacts(name, DynamoDBDocumentClient.from(client, { marshallOptions }));
}
