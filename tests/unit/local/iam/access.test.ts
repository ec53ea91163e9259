import { describe, expect, it } from 'vitest';
import { Access } from '../../../../local/iam/access.ts';
import { createRefusalTeller, type Refusal } from '../../../../local/iam/refusal.ts';
import { createPassiveHost } from '../../../../local/template/passive.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const ROLE = 'arn:aws:iam::000000000000:role/consume';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/mill';

const TRUST = {
  Statement: {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'lambda.amazonaws.com' },
  },
};

async function openAccess(statement: Record<string, unknown>) {
  const refusals: Refusal[] = [];
  const access = new Access({ place, onRefusal: (refusal) => refusals.push(refusal) });
  const passive = createPassiveHost(place);
  const host = async (type: string, properties: Record<string, unknown>): Promise<void> => {
    const madeAt = ['/home/me/infra/model-function.ts:53', '/home/me/infra/stream.ts:41'];
    const constructPath = `Mill/${type}`;
    const resource = { logicalId: 'X', type, defaultName: 'x', properties, constructPath, madeAt };
    access.learn(resource, await passive.create(resource));
  };
  await host('AWS::IAM::Role', { RoleName: 'consume', AssumeRolePolicyDocument: TRUST });
  await host('AWS::IAM::Policy', {
    Roles: ['consume'],
    PolicyDocument: { Statement: { Effect: 'Allow', Resource: TABLE, ...statement } },
  });
  access.learn(
    {
      logicalId: 'Table',
      type: 'AWS::DynamoDB::Table',
      defaultName: 'mill',
      properties: {
        KeySchema: [
          { AttributeName: 'partition', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
      },
    },
    { ref: 'mill', attributes: {} },
  );
  const { AWS_ACCESS_KEY_ID: key } = access.issue(ROLE, 'mill-consume');
  return { access, key, refusals };
}

const OWN_PARTITIONS = {
  Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['alias#churn#*'] } },
};

const query = (expression: string, values: Record<string, string>) => ({
  TableName: 'mill',
  KeyConditionExpression: expression,
  ExpressionAttributeNames: { '#p': 'partition' },
  ExpressionAttributeValues: Object.fromEntries(
    Object.entries(values).map(([name, S]) => [name, { S }]),
  ),
});

describe('a role', () => {
  it.each([
    ['GetItem', { TableName: 'mill', Key: { partition: { S: 'alias#churn#champion' } } }],
    ['GetItem', { TableName: TABLE, Key: { partition: { S: 'alias#churn#champion' } } }],
    ['Query', query('#p = :p', { ':p': 'alias#churn#champion' })],
    ['Query', query('sort > :s AND partition = :p', { ':p': 'alias#churn#x', ':s': '1' })],
    [
      'BatchGetItem',
      { RequestItems: { mill: { Keys: [{ partition: { S: 'alias#churn#champion' } }] } } },
    ],
  ])('may %s of its partitions: %j', async (operation, input) => {
    const { access, key } = await openAccess(OWN_PARTITIONS);

    expect(access.callerOf(key, 'dynamodb').refusal(operation, input)).toBeUndefined();
  });

  it.each([
    ['GetItem', { TableName: 'mill', Key: { partition: { S: 'alias#other#champion' } } }],
    // no partition that could be told: a condition on all of none would hold
    ['GetItem', { TableName: 'mill', Key: {} }],
    ['GetItem', { TableName: 'elsewhere', Key: { partition: { S: 'alias#churn#champion' } } }],
    ['Query', query('#p = :p', { ':p': 'alias#other#champion' })],
    ['Query', query('sort = :p', { ':p': 'alias#churn#champion' })],
    ['PutItem', { TableName: 'mill', Item: { partition: { S: 'alias#churn#champion' } } }],
    ['Scan', { TableName: 'mill' }],
  ])('may not %s of others: %j', async (operation, input) => {
    const { access, key } = await openAccess(OWN_PARTITIONS);

    expect(access.callerOf(key, 'dynamodb').refusal(operation, input)).toMatchObject({
      code: 'AccessDeniedException',
      status: 400,
      message: expect.stringContaining(
        `User: arn:aws:sts::000000000000:assumed-role/consume/mill-consume is not authorized to perform: dynamodb:${operation}`,
      ),
    });
  });

  it('is refused what nobody wrote the needs of', async () => {
    const { access, key } = await openAccess({ Action: '*', Resource: '*' });

    expect(() => access.callerOf(key, 'dynamodb').require('ExecuteStatement', {})).toThrow(
      "does not know which permissions 'ExecuteStatement' of dynamodb needs",
    );
  });

  it('is taken on only by whom it trusts', async () => {
    const { access } = await openAccess(OWN_PARTITIONS);

    expect(() => access.requireTrust(ROLE, 'lambda.amazonaws.com')).not.toThrow();
    expect(() => access.requireTrust(ROLE, 'ecs-tasks.amazonaws.com')).toThrow(
      'role Mill/AWS::IAM::Role cannot be assumed by ecs-tasks.amazonaws.com',
    );
  });
});

describe('a refusal', () => {
  it('says who, what and where, what comes nearest, and the lines to change; once', async () => {
    const { access, key, refusals } = await openAccess(OWN_PARTITIONS);
    const input = { TableName: 'mill', Key: { partition: { S: 'alias#other#champion' } } };
    const told: string[] = [];
    const tell = createRefusalTeller({
      projectRoot: '/home/me',
      onRefusal: (lines) => told.push(lines),
    });

    expect(() => access.callerOf(key, 'dynamodb').require('GetItem', input)).toThrow(
      'not authorized',
    );
    for (const refusal of [...refusals, ...refusals]) tell(refusal);

    expect(told).toEqual([
      `mill-consume may not dynamodb:GetItem on ${TABLE}, dynamodb:leadingkeys = alias#other#champion\n` +
        `its role allows it only on ${TABLE}, where ForAllValues:StringLike dynamodb:LeadingKeys alias#churn#*\n` +
        'change Mill/AWS::IAM::Role, made at infra/model-function.ts:53 for infra/stream.ts:41',
    ]);
  });
});

describe('the administrator', () => {
  it('is whoever has a key that the region did not hand out', async () => {
    const { access } = await openAccess(OWN_PARTITIONS);

    expect(() => access.callerOf('test', 'dynamodb').require('Scan', {})).not.toThrow();
    expect(() => access.callerOf(undefined, 'dynamodb').require('Scan', {})).not.toThrow();
  });
});
