/** The laptop's DynamoDB: dynalite behind the region's port. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { arn, type Place, type ResourceHost } from '../resource.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { Input, Operation, Operations, Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { createDynalite, type Dynalite } from './dynalite.ts';
import { tableOf } from './table-template.ts';

const require = createRequire(import.meta.url);

export interface DynamoDbOptions {
  /** The region's state; DynamoDB keeps its own in `dynamodb/` below it. */
  readonly stateFolder: string;
  readonly place: Place;
}

export interface DynamoDb {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  close(): Promise<void>;
}

/** The operations of dynalite. */
const TABLE_OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

/** How long a table stays in CREATING and the like. */
const TRANSITION_MS = 10;

interface Database {
  create(options: Readonly<Record<string, unknown>>): Store;
}

interface Store {
  readonly db: { open(): Promise<void>; close(): Promise<void> };
  readonly tableDb: TableDb;
}

interface TableDb {
  awsAccountId: string;
  awsRegion: string;
  createValueStream(): AsyncIterable<Output>;
  put(key: string, value: unknown, done: (error: unknown) => void): void;
}

export async function createDynamoDb({ stateFolder, place }: DynamoDbOptions): Promise<DynamoDb> {
  const folder = join(stateFolder, 'dynamodb');
  mkdirSync(folder, { recursive: true });
  const database: Database = require('dynalite/db/index.js');
  const store = database.create({
    path: folder,
    createTableMs: TRANSITION_MS,
    deleteTableMs: TRANSITION_MS,
    updateTableMs: TRANSITION_MS,
  });
  await store.db.open();
  store.tableDb.awsAccountId = place.account;
  store.tableDb.awsRegion = place.region;
  const run = createDynalite(store);
  await finishTransitions(store.tableDb, run);
  const operations: Operations = Object.fromEntries(
    TABLE_OPERATIONS.map((name): [string, Operation] => [
      name,
      async (input) => run(name, withTableName(input)),
    ]),
  );

  return {
    service: createRpcService({ signingName: 'dynamodb', operations }),
    hosts: [tableHost(run, place)],
    async close() {
      // Tables that are still changing write to the store once more.
      await sleep(TRANSITION_MS * 2);
      await store.db.close();
    },
  };
}

/** AWS takes a table's ARN wherever it takes its name; dynalite takes the name. */
function withTableName(input: Input): Input {
  const { TableName: table } = input;
  const name = /^arn:aws[\w-]*:dynamodb:[^:]*:[^:]*:table\/([\w.-]+)$/.exec(String(table))?.[1];
  return name === undefined ? input : { ...input, TableName: name };
}

/** A kill can leave a table in a status that only the killed process would have ended. */
async function finishTransitions(tableDb: TableDb, run: Dynalite): Promise<void> {
  for await (const table of tableDb.createValueStream()) {
    const name = String(table['TableName']);
    const status = table['TableStatus'];
    if (status === 'DELETING') await run('DeleteTable', { TableName: name });
    if (status === 'CREATING' || status === 'UPDATING') {
      const indexes: unknown = table['GlobalSecondaryIndexes'];
      for (const index of Array.isArray(indexes) ? indexes : []) {
        Object.assign(index, { IndexStatus: 'ACTIVE' });
      }
      await new Promise((resolve) => {
        tableDb.put(name, { ...table, TableStatus: 'ACTIVE' }, resolve);
      });
    }
  }
}

function tableHost(run: Dynalite, place: Place): ResourceHost {
  return {
    types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
    async create({ properties, defaultName }) {
      const table = tableOf(properties, defaultName);
      const name = String(table['TableName']);
      await run('CreateTable', table).catch((cause: unknown) => {
        if (!(cause instanceof AwsError && cause.code.endsWith('#ResourceInUseException'))) {
          throw cause;
        }
      });
      const { TableId: id } = await untilActive(run, name);
      const attributes = { Arn: arn(place, 'dynamodb', `table/${name}`), TableId: String(id) };
      return { ref: name, attributes };
    },
  };
}

async function untilActive(run: Dynalite, name: string): Promise<Output> {
  for (;;) {
    const { Table: described } = await run('DescribeTable', { TableName: name });
    const table: Output = Object(described);
    if (table['TableStatus'] === 'ACTIVE') return table;
    await sleep(TRANSITION_MS);
  }
}
