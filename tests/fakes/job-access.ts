/** Stores that let a job do what its role may, by the policies that the stack would be deployed with. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FactTable } from '../../core/aws/facts.ts';
import { ObjectNotFoundError, type ObjectStore } from '../../core/aws/objects.ts';
import type { JobKind } from '../../core/pipeline/plan.ts';
import { openUsage } from '../../local/iam/usage.ts';
import type { Caller } from '../../local/wire/caller.ts';
import type { Input } from '../../local/wire/operations.ts';
import { openStackAccess, type StackAccess } from './stack-access.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const BUCKET = 'tidemill-dev-000000000000-us-east-1';
export const TABLE = 'tidemill-dev';
/** What the template of the small model depends on. */
const SOURCES = ['infra', 'core/model', 'tests/infra', 'tests/fakes/parcels.ts', 'cdk.json'];

/** Opens the gate of the stack of the small model; the template is kept until its sources change. */
export async function openParcelAccess(): Promise<StackAccess> {
  const folder = join(root, 'node_modules/.cache/tidemill');
  const file = join(folder, `parcels-${hashOf(SOURCES)}.template.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const script = ['--import', 'tsx', 'tests/infra/print-template.ts'];
    const options = { cwd: root, maxBuffer: 2 ** 26 };
    writeFileSync(`${file}.${process.pid}`, execFileSync(process.execPath, script, options));
    renameSync(`${file}.${process.pid}`, file);
  }
  const { TIDEMILL_USAGE: recorded } = process.env;
  const usage = recorded === undefined ? undefined : join(recorded, `${randomUUID()}.jsonl`);
  const template: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return openStackAccess(template, usage === undefined ? undefined : openUsage(usage));
}

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const files = source.includes('.')
      ? [source]
      : readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts'))
          .map((file) => join(source, file));
    for (const file of files.toSorted()) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

export interface JobAccess {
  objects(store: ObjectStore): ObjectStore;
  facts(table: FactTable): FactTable;
  /** @throws {AwsError} if the job may not submit another one of a definition */
  submit(definition: string): void;
  /** @throws {AwsError} if the job may not tell people */
  notify(): void;
}

/** Name of a job definition of the small model. */
export function definitionOf(kind: JobKind): string {
  return `tidemill-dev-late-parcel-${kind}`;
}

/** ARN of the role that its jobs have. */
export function roleOfJob(access: StackAccess, kind: JobKind): string {
  return access.roleOf(`${definitionOf(kind)}, the job itself`);
}

/** Returns what a job of the small model may do. */
export function accessOfJob(access: StackAccess, kind: JobKind): JobAccess {
  const role = roleOfJob(access, kind);
  const [s3, dynamodb, batch, sns] = ['s3', 'dynamodb', 'batch', 'sns'].map((service) =>
    access.callerWith(role, service),
  ) as [Caller, Caller, Caller, Caller];
  return {
    objects: (store) => guardObjects(store, s3),
    facts: (table) => guardFacts(table, dynamodb),
    submit: (definition) =>
      batch.require('SubmitJob', { jobDefinition: definition, jobQueue: 'tidemill-dev' }),
    notify: () =>
      sns.require('Publish', {
        TopicArn: 'arn:aws:sns:us-east-1:000000000000:tidemill-dev-notices',
      }),
  };
}

function guardObjects(store: ObjectStore, caller: Caller): ObjectStore {
  const require = (operation: string, key: string, rest: Input = {}): void =>
    caller.require(operation, { bucket: BUCKET, key, ...rest });
  const list = (prefix: string): void =>
    require('GET bucket?list-type', '', { 's3:prefix': prefix });
  const reading = async <Result>(key: string, read: () => Promise<Result>): Promise<Result> => {
    require('GET object', key);
    return read().catch((cause: unknown) => {
      // Whether a key is missing, S3 tells those who may list it.
      if (cause instanceof ObjectNotFoundError) list(key);
      throw cause;
    });
  };
  return {
    get: (key) => reading(key, () => store.get(key)),
    download: (key, file) => reading(key, () => store.download(key, file)),
    downloadPart: (object, part) => reading(object.key, () => store.downloadPart(object, part)),
    async put(key, ...content) {
      require('PUT object', key);
      return store.put(key, ...content);
    },
    async putIfAbsent(key, ...content) {
      require('PUT object', key);
      return store.putIfAbsent(key, ...content);
    },
    async upload(file, key, ...type) {
      require('PUT object', key);
      return store.upload(file, key, ...type);
    },
    async remove(key) {
      require('DELETE object', key);
      return store.remove(key);
    },
    async list(prefix) {
      list(prefix);
      return store.list(prefix);
    },
  };
}

function guardFacts(table: FactTable, caller: Caller): FactTable {
  const require = (operation: string, member: 'Key' | 'Item', partition: string): void =>
    caller.require(operation, { TableName: TABLE, [member]: { partition: { S: partition } } });
  return {
    async get(key) {
      require('GetItem', 'Key', key.partition);
      return table.get(key);
    },
    async getMany(keys) {
      const Keys = keys.map(({ partition }) => ({ partition: { S: partition } }));
      caller.require('BatchGetItem', { RequestItems: { [TABLE]: { Keys } } });
      return table.getMany(keys);
    },
    async putIfAbsent(fact) {
      require('PutItem', 'Item', fact.partition);
      return table.putIfAbsent(fact);
    },
    async replace(fact, expected) {
      require('PutItem', 'Item', fact.partition);
      return table.replace(fact, expected);
    },
    async query(partition, ...rest) {
      caller.require('Query', {
        TableName: TABLE,
        KeyConditionExpression: 'partition = :partition',
        ExpressionAttributeValues: { ':partition': { S: partition } },
      });
      return table.query(partition, ...rest);
    },
  };
}
