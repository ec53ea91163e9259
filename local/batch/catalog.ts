/** Compute environments, job queues and job definitions, as the template declares them. */
import { basename, join } from 'node:path';
import * as z from 'zod';
import { materialiseAsset } from '../asset.ts';
import {
  arn,
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import type { Roles } from '../services.ts';
import { openStore, type Store } from '../store.ts';
import { DefinitionProperties, type JobDefinition } from './definition.ts';

const ComputeEnvironmentProperties = z.object({
  ComputeEnvironmentName: z.string().optional(),
  Type: z.string().default('MANAGED'),
  State: z.string().default('ENABLED'),
  ComputeResources: z.object({ Type: z.string(), MaxvCpus: z.coerce.number() }).optional(),
});
const QueueProperties = z.object({
  JobQueueName: z.string().optional(),
  Priority: z.coerce.number(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ComputeEnvironmentOrder: z.array(
    z.object({ ComputeEnvironment: z.string(), Order: z.coerce.number() }),
  ),
});

interface ComputeEnvironment {
  readonly name: string;
  readonly arn: string;
  readonly properties: z.output<typeof ComputeEnvironmentProperties>;
}

interface JobQueue {
  readonly name: string;
  readonly arn: string;
  readonly properties: z.output<typeof QueueProperties>;
}

export interface Catalog {
  readonly hosts: readonly ResourceHost[];
  environments(): ComputeEnvironment[];
  queues(): JobQueue[];
  /** All revisions of all definitions. */
  definitions(): JobDefinition[];
  /** A queue by name or ARN. */
  queue(nameOrArn: string): JobQueue | undefined;
  /** A definition by ARN, `name:revision`, or name for its newest revision. */
  definition(nameOrArn: string): JobDefinition | undefined;
  close(): void;
}

export interface CatalogOptions {
  /** Where the revisions of definitions are remembered. */
  readonly folder: string;
  /** Where the code of jobs is laid out. */
  readonly codeFolder: string;
  /** The folder whose `node_modules` jobs use. */
  readonly projectRoot: string;
  readonly place: Place;
  readonly roles: Roles;
}

export function openCatalog(options: CatalogOptions): Catalog {
  const { place } = options;
  const environments = new Map<string, ComputeEnvironment>();
  const queues = new Map<string, JobQueue>();
  const revisions = openStore<JobDefinition>(join(options.folder, 'definitions.jsonl'));

  async function createEnvironment(resource: Resource): Promise<PhysicalResource> {
    const properties = ComputeEnvironmentProperties.parse(resource.properties);
    const name = properties.ComputeEnvironmentName ?? resource.defaultName;
    const environmentArn = arn(place, 'batch', `compute-environment/${name}`);
    environments.set(environmentArn, { name, arn: environmentArn, properties });
    return { ref: environmentArn, attributes: { ComputeEnvironmentArn: environmentArn } };
  }

  async function createQueue(resource: Resource): Promise<PhysicalResource> {
    const properties = QueueProperties.parse(resource.properties);
    const name = properties.JobQueueName ?? resource.defaultName;
    const queueArn = arn(place, 'batch', `job-queue/${name}`);
    queues.set(queueArn, { name, arn: queueArn, properties });
    return { ref: queueArn, attributes: { JobQueueArn: queueArn } };
  }

  return {
    hosts: [
      { types: ['AWS::Batch::ComputeEnvironment'], create: createEnvironment },
      { types: ['AWS::Batch::JobQueue'], create: createQueue },
      {
        types: ['AWS::Batch::JobDefinition'],
        create: (resource) => createDefinition(resource, revisions, options),
      },
    ],
    environments: () => [...environments.values()],
    queues: () => [...queues.values()],
    definitions: () => revisions.values(),
    queue: (nameOrArn) =>
      [...queues.values()].find(({ name, arn: own }) => nameOrArn === own || nameOrArn === name),
    definition(nameOrArn) {
      const name = basename(nameOrArn);
      return name.includes(':')
        ? revisions.values().find((one) => `${one.name}:${one.revision}` === name)
        : newestOf(revisions, name);
    },
    close: () => revisions.close(),
  };
}

function newestOf(revisions: Store<JobDefinition>, name: string): JobDefinition | undefined {
  return revisions.values().findLast((definition) => definition.name === name);
}

/** A definition that changed since the last start gets a new revision, as on AWS. */
async function createDefinition(
  resource: Resource,
  revisions: Store<JobDefinition>,
  { place, codeFolder, projectRoot, roles }: CatalogOptions,
): Promise<PhysicalResource> {
  const properties = DefinitionProperties.parse(resource.properties);
  if (resource.assetPath === undefined) {
    throw new Error(
      `job definition '${resource.logicalId}' has no code on this machine; ` +
        "give the resource the metadata 'aws:asset:path', the folder its image is built from",
    );
  }
  const { JobRoleArn, ExecutionRoleArn } = properties.ContainerProperties;
  for (const role of [JobRoleArn, ExecutionRoleArn]) {
    if (role !== undefined) roles.requireTrust(role, 'ecs-tasks.amazonaws.com');
  }
  const name = properties.JobDefinitionName ?? resource.defaultName;
  const code = await materialiseAsset(resource.assetPath, codeFolder, projectRoot);
  const before = newestOf(revisions, name);
  const same =
    before?.codeFolder === code && JSON.stringify(before.properties) === JSON.stringify(properties);
  if (same) return { ref: before.arn, attributes: {} };

  const revision = (before?.revision ?? 0) + 1;
  const definitionArn = arn(place, 'batch', `job-definition/${name}:${revision}`);
  revisions.set(definitionArn, {
    name,
    revision,
    arn: definitionArn,
    properties,
    codeFolder: code,
  });
  return { ref: definitionArn, attributes: {} };
}
