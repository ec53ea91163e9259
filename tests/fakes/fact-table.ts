/** The table of facts, as the stack makes it, in a DynamoDB that is there. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
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
  for (;;) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === 'ACTIVE') return;
    await sleep(5);
  }
}

/** Returns the facts of a table, as somebody who has read none of them yet. */
export function factsIn(client: DynamoDBClient, name: string): FactTable {
  const marshallOptions = { removeUndefinedValues: true };
  return dynamoFacts(name, DynamoDBDocumentClient.from(client, { marshallOptions }));
}
