/** S3, DynamoDB and Batch with the jobs of the small model of tests, in this process. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { BatchClient } from '@aws-sdk/client-batch';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dynamoFacts } from '../../../core/aws/dynamodb-facts.ts';
import type { FactTable } from '../../../core/aws/facts.ts';
import { batchQueue } from '../../../core/aws/jobs.ts';
import type { ObjectStore } from '../../../core/aws/objects.ts';
import { s3Objects } from '../../../core/aws/s3-objects.ts';
import type { PipelineStack } from '../../../core/pipeline/start.ts';
import { createBatch } from '../../../local/batch/batch.ts';
import { systemClock } from '../../../local/clock.ts';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { createPort } from '../../../local/wire/port.ts';
import { clientOf, place } from '../local/storage-region.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const NAME = 'jobs';

export interface JobRegion {
  readonly stack: PipelineStack;
  readonly objects: ObjectStore;
  readonly facts: FactTable;
  readonly batch: BatchClient;
  /** What is called with every line that a job prints. */
  onLine: (line: string) => void;
  close(): Promise<void>;
}

/** @param attempts how often a job may run */
export async function openJobRegion(attempts: number): Promise<JobRegion> {
  const folder = mkdtempSync(join(tmpdir(), 'job-region-'));
  const code = join(folder, 'code');
  mkdirSync(code);
  symlinkSync(join(root, 'node_modules'), join(code, 'node_modules'));
  await bundleJob(join(code, 'main.mjs'));

  const options = { stateFolder: join(folder, 'state'), place, clock: systemClock };
  const s3 = createS3(options);
  const dynamodb = await createDynamoDb(options);
  let port = 0;
  const jobs = createBatch({
    ...options,
    logs: { write: (_group, _stream, line) => region.onLine(line) },
    events: { emit: () => undefined },
    endpoint: () => `http://127.0.0.1:${port}`,
    projectRoot: root,
    vcpus: 2,
  });
  for (const resource of resourcesOf(code, attempts)) {
    const host = jobs.hosts.find(({ types }) => types.includes(resource.type));
    await host?.create({ logicalId: resource.type, defaultName: 'unnamed', ...resource });
  }
  const listener = createPort({ services: [s3.service, dynamodb.service, jobs.service], port: 0 });
  port = await listener.listen();
  const client = clientOf(port);
  const batch = new BatchClient(client);
  const s3Client = new S3Client({ ...client, forcePathStyle: true });
  const dynamo = new DynamoDBClient(client);
  await s3Client.send(new CreateBucketCommand({ Bucket: NAME }));
  await dynamo.send(new CreateTableCommand(TABLE));
  const facts = dynamoFacts(NAME, DynamoDBDocumentClient.from(dynamo, MARSHALLING));
  const region: JobRegion = {
    batch,
    facts,
    objects: s3Objects(NAME, s3Client),
    stack: {
      facts,
      queue: batchQueue(NAME, batch),
      definitions: { train: 'train', score: 'train', monitor: 'train' },
    },
    onLine: () => undefined,
    async close() {
      await jobs.close();
      await listener.close();
      s3.close();
      await dynamodb.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  jobs.start();
  return region;
}

const MARSHALLING = { marshallOptions: { removeUndefinedValues: true } };

const TABLE = {
  TableName: NAME,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    { AttributeName: 'partition', AttributeType: 'S' as const },
    { AttributeName: 'sort', AttributeType: 'S' as const },
  ],
  KeySchema: [
    { AttributeName: 'partition', KeyType: 'HASH' as const },
    { AttributeName: 'sort', KeyType: 'RANGE' as const },
  ],
};

async function bundleJob(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'tests/integration/batch/parcel-job.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'onnxruntime-common', '@duckdb/*'],
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

/** Where scoring submits the shards of a large input. */
const CHILDREN = { JOB_QUEUE: NAME, SCORE_JOB: 'train' };

function resourcesOf(assetPath: string, attempts: number) {
  const words = ['Ref::step', '--run', 'Ref::run', '--as-of', 'Ref::asOf'];
  const environment = { MODEL: 'late-parcel', BUCKET: NAME, TABLE: NAME, VCPUS: '1', ...CHILDREN };
  return [
    {
      type: 'AWS::Batch::ComputeEnvironment',
      properties: {
        ComputeEnvironmentName: 'machines',
        Type: 'MANAGED',
        ComputeResources: { Type: 'FARGATE', MaxvCpus: 16 },
      },
    },
    {
      type: 'AWS::Batch::JobQueue',
      properties: {
        JobQueueName: NAME,
        Priority: 1,
        ComputeEnvironmentOrder: [{ ComputeEnvironment: 'x/machines', Order: 1 }],
      },
    },
    {
      type: 'AWS::Batch::JobDefinition',
      assetPath,
      properties: {
        JobDefinitionName: 'train',
        Type: 'container',
        Parameters: { options: '{}' },
        RetryStrategy: { Attempts: attempts },
        ContainerProperties: {
          Image: 'job',
          Command: ['node', 'main.mjs', ...words, '--options', 'Ref::options'],
          Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
          ResourceRequirements: [{ Type: 'VCPU', Value: '1' }],
        },
      },
    },
  ];
}
