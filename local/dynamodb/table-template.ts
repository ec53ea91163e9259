/** The part of a table's template that decides what can be stored and asked: keys and indexes. */
import * as z from 'zod';
import type { Input } from '../wire/operations.ts';

const Key = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Projection = z.object({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const Index = z.object({ IndexName: z.string(), KeySchema: Key, Projection });

/** Shared by `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`. */
const TableProperties = z.object({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: Key,
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
});

/**
 * Returns the input of CreateTable for a template's table. Capacity, backups, time to live and
 * encryption have no effect here and are left out.
 */
export function tableOf(properties: Readonly<Record<string, unknown>>, defaultName: string): Input {
  const table = TableProperties.parse(properties);
  return { ...table, TableName: table.TableName ?? defaultName, BillingMode: 'PAY_PER_REQUEST' };
}
