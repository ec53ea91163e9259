/** A region with nothing but Batch, as a process that tests can kill. */
import { join } from 'node:path';
import { createBatch } from '../../../../local/batch/batch.ts';
import { systemClock } from '../../../../local/clock.ts';
import { createPort } from '../../../../local/wire/port.ts';

/** What the process sends once it accepts requests. */
export interface RegionIsUp {
  readonly port: number;
}

const folder = process.argv[2] ?? '';
const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
let port = 0;

const batch = createBatch({
  stateFolder: join(folder, 'state'),
  place,
  clock: systemClock,
  logs: { write: () => undefined },
  events: { emit: () => undefined },
  endpoint: () => `http://127.0.0.1:${port}`,
  projectRoot: process.cwd(),
  vcpus: 2,
});
const resources = [
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
      JobQueueName: 'jobs',
      Priority: 1,
      ComputeEnvironmentOrder: [{ ComputeEnvironment: 'x/machines', Order: 1 }],
    },
  },
  {
    type: 'AWS::Batch::JobDefinition',
    assetPath: join(folder, 'asset.1'),
    properties: {
      JobDefinitionName: 'worker',
      Type: 'container',
      ContainerProperties: {
        Image: 'worker',
        Command: ['node', 'main.mjs', 'Ref::mode', 'Ref::notes'],
        Environment: [{ Name: 'SIZE', Value: 'small' }],
        ResourceRequirements: [{ Type: 'VCPU', Value: '1' }],
      },
    },
  },
  {
    type: 'AWS::Batch::JobDefinition',
    assetPath: join(folder, 'asset.1'),
    properties: {
      JobDefinitionName: 'hasty',
      Type: 'container',
      ContainerProperties: { Image: 'worker', Command: ['node', 'main.mjs', 'hang', 'Ref::notes'] },
      RetryStrategy: { Attempts: 3 },
      Timeout: { AttemptDurationSeconds: 1 },
    },
  },
];
for (const resource of resources) {
  const host = batch.hosts.find(({ types }) => types.includes(resource.type));
  await host?.create({ logicalId: resource.type, defaultName: 'unnamed', ...resource });
}
port = await createPort({ services: [batch.service], port: 0 }).listen();
batch.start();
process.send?.({ port } satisfies RegionIsUp);
