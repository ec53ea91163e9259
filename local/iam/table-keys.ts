/** What the template's tables, and their indexes, are partitioned by: the leading key of conditions. */
import * as z from 'zod';
import type { PhysicalResource, Resource } from '../resource.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Indexes = z.array(z.object({ IndexName: z.string(), KeySchema })).default([]);
const Table = z.object({
  KeySchema,
  GlobalSecondaryIndexes: Indexes,
  LocalSecondaryIndexes: Indexes,
});

export class TableKeys {
  readonly #keys = new Map<string, string>();

  /** Takes in a resource of the template, if it is a table. */
  learn({ type, properties }: Resource, { ref: table }: PhysicalResource): void {
    if (!/^AWS::DynamoDB::(Global)?Table$/.test(type)) return;
    const parsed = Table.parse(properties);
    this.#keys.set(table, partitionKey(parsed.KeySchema));
    for (const index of [...parsed.GlobalSecondaryIndexes, ...parsed.LocalSecondaryIndexes]) {
      this.#keys.set(`${table}/${index.IndexName}`, partitionKey(index.KeySchema));
    }
  }

  /** Returns the attribute's name, or undefined for a table that the template does not have. */
  of(table: string, index?: string): string | undefined {
    return this.#keys.get(index === undefined ? table : `${table}/${index}`);
  }
}

function partitionKey(schema: z.output<typeof KeySchema>): string {
  return schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}
