/** S3, DynamoDB and Batch with the jobs of the small model of tests and their roles, in this process. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { BatchClient } from '@aws-sdk/client-batch';
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FactTable } from '../../../core/aws/facts.ts';
import { batchQueue } from '../../../core/aws/jobs.ts';
import type { ObjectStore } from '../../../core/aws/objects.ts';
import { s3Objects } from '../../../core/aws/s3-objects.ts';
import type { JobKind } from '../../../core/pipeline/plan.ts';
import type { PipelineStack } from '../../../core/pipeline/start.ts';
import { createBatch } from '../../../local/batch/batch.ts';
import { systemClock } from '../../../local/clock.ts';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { createPort } from '../../../local/wire/port.ts';
import { createFactTable, factsIn } from '../../fakes/fact-table.ts';
import {
  BUCKET,
  definitionOf,
  openParcelAccess,
  roleOfJob,
  TABLE,
} from '../../fakes/job-access.ts';
import type { StackAccess } from '../../fakes/stack-access.ts';
import { clientOf, place } from '../local/storage-region.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const QUEUE = 'tidemill-dev';
const KINDS = ['train', 'score', 'monitor'] as const;

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
  const access = await openParcelAccess();

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
    roles: access.gate,
  });
  for (const resource of resourcesOf(access, code, attempts)) {
    const host = jobs.hosts.find(({ types }) => types.includes(resource.type));
    await host?.create({ logicalId: resource.type, defaultName: 'unnamed', ...resource });
  }
  const listener = createPort({
    services: [s3.service, dynamodb.service, jobs.service],
    port: 0,
    callerOf: (...asked) => access.gate.callerOf(...asked),
  });
  port = await listener.listen();
  const client = clientOf(port);
  const batch = new BatchClient(client);
  const s3Client = new S3Client({ ...client, forcePathStyle: true });
  const dynamo = new DynamoDBClient(client);
  await s3Client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await createFactTable(dynamo, TABLE);
  const facts = factsIn(dynamo, TABLE);
  const region: JobRegion = {
    batch,
    facts,
    objects: s3Objects(BUCKET, s3Client),
    stack: {
      facts,
      queue: batchQueue(QUEUE, batch),
      definitions: {
        train: definitionOf('train'),
        score: definitionOf('score'),
        monitor: definitionOf('monitor'),
      },
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

function resourcesOf(access: StackAccess, assetPath: string, attempts: number) {
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
        JobQueueName: QUEUE,
        Priority: 1,
        ComputeEnvironmentOrder: [{ ComputeEnvironment: 'x/machines', Order: 1 }],
      },
    },
    ...KINDS.map((kind) => ({
      type: 'AWS::Batch::JobDefinition',
      assetPath,
      properties: jobDefinition(kind, roleOfJob(access, kind), attempts),
    })),
  ];
}

function jobDefinition(kind: JobKind, role: string, attempts: number) {
  const words = ['Ref::step', '--run', 'Ref::run', '--as-of', 'Ref::asOf'];
  const environment = {
    MODEL: 'late-parcel',
    BUCKET,
    TABLE,
    VCPUS: '1',
    // Where scoring submits the shards of a large input.
    JOB_QUEUE: QUEUE,
    SCORE_JOB: definitionOf('score'),
  };
  return {
    JobDefinitionName: definitionOf(kind),
    Type: 'container',
    Parameters: { options: '{}' },
    RetryStrategy: { Attempts: attempts },
    ContainerProperties: {
      Image: 'job',
      Command: ['node', 'main.mjs', ...words, '--options', 'Ref::options'],
      Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
      ResourceRequirements: [{ Type: 'VCPU', Value: '1' }],
      JobRoleArn: role,
    },
  };
}
