/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
import { arn } from '../../resource.ts';
import { type Input, isStructure } from '../../wire/operations.ts';
import {
  type Need,
  type NeedsOf,
  type NeedsTable,
  onEverything,
  onResource,
  type Surroundings,
  textOf,
} from './need.ts';

/** Stands for a partition that cannot be told. Without any value, conditions on all values hold. */
const UNKNOWN = '';

/** Operations on items that their input names by key. */
const onItem =
  (operation: string, member: 'Key' | 'Item'): NeedsOf =>
  (input, around) => {
    const table = tableName(textOf(input, 'TableName'));
    return [onItems(operation, table, [input[member]], around)];
  };

const query: NeedsOf = (input, around) => {
  const table = tableName(textOf(input, 'TableName'));
  const index = textOf(input, 'IndexName') || undefined;
  const key = around.partitionKeyOf(table, index) ?? '';
  return [
    {
      action: 'dynamodb:Query',
      resources: [tableArn(table, around, index)],
      context: { 'dynamodb:leadingkeys': [queried(input, key) ?? UNKNOWN] },
    },
  ];
};

const scan: NeedsOf = (input, around) => {
  const index = textOf(input, 'IndexName') || undefined;
  const table = tableName(textOf(input, 'TableName'));
  return [{ action: 'dynamodb:Scan', resources: [tableArn(table, around, index)] }];
};

const batchGet: NeedsOf = (input, around) =>
  entriesOf(input['RequestItems']).map(([table, asked]) => {
    const keys = isStructure(asked) && Array.isArray(asked['Keys']) ? asked['Keys'] : [];
    return onItems('BatchGetItem', tableName(table), keys, around);
  });

const batchWrite: NeedsOf = (input, around) =>
  entriesOf(input['RequestItems']).map(([table, asked]) => {
    const requests: unknown[] = Array.isArray(asked) ? asked : [];
    const items = requests
      .filter(isStructure)
      .map(({ PutRequest: put, DeleteRequest: remove }) =>
        isStructure(put) ? put['Item'] : isStructure(remove) ? remove['Key'] : undefined,
      );
    return onItems('BatchWriteItem', tableName(table), items, around);
  });

export const dynamodbNeeds: NeedsTable = {
  ...onEverything('dynamodb', 'ListTables'),
  ...onResource(
    'dynamodb',
    (input, around) => tableArn(tableName(textOf(input, 'TableName')), around),
    'CreateTable',
    'DeleteTable',
    'DescribeTable',
    'DescribeTimeToLive',
    'UpdateTable',
  ),
  ...onResource(
    'dynamodb',
    (input) => textOf(input, 'ResourceArn'),
    'ListTagsOfResource',
    'TagResource',
    'UntagResource',
  ),
  GetItem: onItem('GetItem', 'Key'),
  PutItem: onItem('PutItem', 'Item'),
  UpdateItem: onItem('UpdateItem', 'Key'),
  DeleteItem: onItem('DeleteItem', 'Key'),
  Query: query,
  Scan: scan,
  BatchGetItem: batchGet,
  BatchWriteItem: batchWrite,
};

function onItems(
  operation: string,
  table: string,
  items: readonly unknown[],
  around: Surroundings,
): Need {
  const key = around.partitionKeyOf(table, undefined) ?? '';
  const partitions = items.map((item) => (isStructure(item) ? plain(item[key]) : undefined));
  return {
    action: `dynamodb:${operation}`,
    resources: [tableArn(table, around)],
    context: { 'dynamodb:leadingkeys': [...new Set(partitions.map((one) => one ?? UNKNOWN))] },
  };
}

/** A query names its one partition in an expression, or in the older KeyConditions. */
function queried(input: Input, key: string): string | undefined {
  const names = isStructure(input['ExpressionAttributeNames'])
    ? input['ExpressionAttributeNames']
    : {};
  const values = isStructure(input['ExpressionAttributeValues'])
    ? input['ExpressionAttributeValues']
    : {};
  const expression = textOf(input, 'KeyConditionExpression');
  for (const [, name = '', value = ''] of expression.matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((names[name] ?? name) === key) return plain(values[value]);
  }
  const conditions = input['KeyConditions'];
  const condition = isStructure(conditions) ? conditions[key] : undefined;
  const list = isStructure(condition) ? condition['AttributeValueList'] : undefined;
  return Array.isArray(list) ? plain(list[0]) : undefined;
}

/** Keys are texts, numbers or bytes; bytes stay in base 64. */
function plain(value: unknown): string | undefined {
  if (!isStructure(value)) return undefined;
  const [content] = Object.values(value);
  return typeof content === 'string' ? content : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isStructure(value) ? Object.entries(value) : [];
}

function tableName(nameOrArn: string): string {
  return nameOrArn.split(':table/').pop() ?? nameOrArn;
}

function tableArn(table: string, { place }: Surroundings, index?: string): string {
  const tail = index === undefined ? '' : `/index/${index}`;
  return arn(place, 'dynamodb', `table/${table}${tail}`);
}
