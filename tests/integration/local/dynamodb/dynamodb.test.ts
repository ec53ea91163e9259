import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorageRegion, place, type StorageRegion } from '../storage-region.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamodb-'));
const TableName = 'facts';
let region: StorageRegion;
let client: DynamoDBClient;

beforeAll(async () => {
  region = await openStorageRegion(folder);
  client = new DynamoDBClient(region.client);
  await createTable();
});
afterAll(async () => {
  client.destroy();
  await region.close();
  rmSync(folder, { recursive: true });
});

async function createTable(): Promise<unknown> {
  const [host] = region.dynamodb.hosts;
  return host?.create({
    logicalId: 'Facts',
    type: 'AWS::DynamoDB::Table',
    defaultName: TableName,
    properties: {
      AttributeDefinitions: ['pk', 'sk', 'status'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-status',
          KeySchema: [
            { AttributeName: 'status', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    },
  });
}

describe('a table', () => {
  it('is made once', async () => {
    expect(await createTable()).toEqual({
      ref: TableName,
      attributes: {
        Arn: `arn:aws:dynamodb:us-east-1:${place.account}:table/facts`,
        TableId: expect.any(String) as string,
      },
    });
  });

  it('lets one of 200 conditional puts win', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, writer) =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: { pk: { S: 'race' }, sk: { S: '1' }, writer: { N: String(writer) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    );
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');

    expect(refusals).toHaveLength(199);
    for (const { reason } of refusals) {
      expect(reason).toMatchObject({ name: 'ConditionalCheckFailedException' });
    }
  });

  it('counts every update of many at once', async () => {
    const add = new UpdateItemCommand({
      TableName,
      Key: { pk: { S: 'count' }, sk: { S: '1' } },
      UpdateExpression: 'ADD tally :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    });
    await Promise.all(Array.from({ length: 49 }, async () => client.send(add)));

    expect((await client.send(add)).Attributes).toEqual({ tally: { N: '50' } });
  });

  it('is asked in either order, by key and by index, page by page', async () => {
    for (let index = 0; index < 25; index += 1) {
      const sk = { S: String(index).padStart(2, '0') };
      const Item = { pk: { S: 'run' }, sk, status: { S: index % 5 === 0 ? 'failed' : 'finished' } };
      await client.send(new PutItemCommand({ TableName, Item }));
    }
    const newest = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'run' } },
        ScanIndexForward: false,
        Limit: 10,
      }),
    );
    const failed = await client.send(
      new QueryCommand({
        TableName: `arn:aws:dynamodb:us-east-1:${place.account}:table/facts`,
        IndexName: 'by-status',
        KeyConditionExpression: '#status = :status AND sk > :sk',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: 'failed' }, ':sk': { S: '00' } },
      }),
    );

    expect(newest.Items?.at(0)?.['sk']).toEqual({ S: '24' });
    expect(newest.LastEvaluatedKey).toEqual({ pk: { S: 'run' }, sk: { S: '15' } });
    expect(failed.Items?.map(({ sk }) => sk?.S)).toEqual(['05', '10', '15', '20']);
  });

  it('keeps documents as they are', async () => {
    const documents = DynamoDBDocumentClient.from(client);
    const Item = {
      pk: 'doc',
      sk: '1',
      nested: { list: [1.5, 'a', true, null], bytes: new Uint8Array([0, 255]) },
    };
    await documents.send(new PutCommand({ TableName, Item }));

    expect(
      (await documents.send(new GetCommand({ TableName, Key: { pk: 'doc', sk: '1' } }))).Item,
    ).toEqual(Item);
  });

  it('fails clearly for what is not there', async () => {
    const put = { TableName: 'nowhere', Item: { pk: { S: 'x' } } };

    await expect(client.send(new PutItemCommand(put))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] })),
    ).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining("no operation 'TransactWriteItems'") as string,
    });
  });
});
