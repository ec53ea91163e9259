/** The REST API of AWS Batch, as far as jobs and those who run them need it. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import type { Input, Operation, Output } from '../wire/operations.ts';
import { createRestService, type RestRoute } from '../wire/rest-json.ts';
import type { Service } from '../wire/service.ts';
import { arn, type Place } from '../resource.ts';
import type { Catalog } from './catalog.ts';
import { MissingParameterError } from './definition.ts';
import { describeDefinition, describeJob } from './describe.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { JobSpec } from './job.ts';
import type { JobTable } from './job-table.ts';
import { listJobs } from './list-jobs.ts';
import { planJob, SubmitJob } from './submission.ts';

export interface BatchParts {
  readonly place: Place;
  readonly catalog: Catalog;
  readonly table: JobTable;
  readonly dispatcher: Dispatcher;
}

const EndJob = z.object({ jobId: z.string(), reason: z.string() });
const Named = z.object({
  jobs: z.array(z.string()).max(100).default([]),
  jobQueues: z.array(z.string()).optional(),
  jobDefinitions: z.array(z.string()).optional(),
  jobDefinitionName: z.string().optional(),
  computeEnvironments: z.array(z.string()).optional(),
});

/** Builds the service that clients sign for as 'batch'. */
export function createBatchApi(parts: BatchParts): Service {
  const { place, catalog, table, dispatcher } = parts;
  const jobOf = (jobId: string) => table.get(jobId.split('/').pop() ?? '');

  const end = (running: boolean): Operation =>
    async function endJob(input) {
      const { jobId, reason } = readInput(EndJob, input);
      const job = jobOf(jobId);
      if (job === undefined) throw clientError(`job '${jobId}' does not exist`);
      dispatcher.end(job.state.jobId, reason, { running });
      return {};
    };

  return createRestService('batch', [
    post('SubmitJob', async (input) => submit(parts, input)),
    post('DescribeJobs', async (input) => ({
      jobs: readInput(Named, input)
        .jobs.map(jobOf)
        .filter((job) => job !== undefined)
        .map((job) => describeJob(place, table, job)),
    })),
    post('ListJobs', async (input) => listJobs(parts, input)),
    post('TerminateJob', end(true)),
    post('CancelJob', end(false)),
    post('DescribeJobQueues', async (input) => describeQueues(catalog, input)),
    post('DescribeJobDefinitions', async (input) => describeDefinitions(catalog, input)),
    post('DescribeComputeEnvironments', async (input) => describeEnvironments(catalog, input)),
    tags('TagResource', 'POST', {}),
    tags('ListTagsForResource', 'GET', { tags: {} }),
  ]);
}

function post(name: string, operation: Operation): RestRoute {
  return { name, method: 'POST', path: `/v1/${name.toLowerCase()}`, operation };
}

/** Tags are not kept. */
function tags(name: string, method: 'GET' | 'POST', answer: Output): RestRoute {
  return { name, method, path: '/v1/tags/{resourceArn+}', operation: async () => answer };
}

function clientError(message: string): AwsError {
  return new AwsError('ClientException', message);
}

function readInput<T>(schema: z.ZodType<T>, input: Input): T {
  return parseInput(schema, input, 'ClientException');
}

function submit({ place, catalog, table, dispatcher }: BatchParts, input: Input): Output {
  const submission = readInput(SubmitJob, input);
  const queue = catalog.queue(submission.jobQueue);
  if (queue === undefined) {
    const known = catalog.queues().map(({ name }) => name);
    throw clientError(`JobQueue ${submission.jobQueue} not found; there are: ${known.join(', ')}`);
  }
  if (queue.properties.State === 'DISABLED')
    throw clientError(`JobQueue ${queue.name} is disabled`);
  const definition = catalog.definition(submission.jobDefinition);
  if (definition === undefined) {
    const known = [...new Set(catalog.definitions().map(({ name }) => name))];
    throw clientError(
      `JobDefinition ${submission.jobDefinition} not found; there are: ${known.join(', ')}`,
    );
  }
  const jobId = randomUUID();
  const spec = planned(() => planJob(jobId, queue.arn, definition, submission));
  checkDependencies(spec, table);
  const job = table.add(spec);
  dispatcher.take([job, ...table.childrenOf(job)]);
  return { jobArn: arn(place, 'batch', `job/${jobId}`), jobId, jobName: spec.jobName };
}

function planned(plan: () => JobSpec): JobSpec {
  try {
    return plan();
  } catch (cause) {
    if (cause instanceof MissingParameterError) throw clientError(cause.message);
    throw cause;
  }
}

function checkDependencies(spec: JobSpec, table: JobTable): void {
  for (const { jobId, type } of spec.dependsOn) {
    if (type !== undefined && spec.arraySize === undefined) {
      throw clientError(`dependsOn type ${type} is for array jobs; give arrayProperties.size too`);
    }
    if (jobId === undefined) {
      if (type !== 'SEQUENTIAL') throw clientError('dependsOn needs a jobId, or type SEQUENTIAL');
      continue;
    }
    const other = table.get(jobId);
    if (other === undefined)
      throw clientError(`dependsOn names job '${jobId}', which does not exist`);
    if (type === 'N_TO_N' && other.spec.arraySize !== spec.arraySize) {
      throw clientError(
        `N_TO_N needs arrays of one size, but this has ${spec.arraySize} children ` +
          `and '${jobId}' has ${other.spec.arraySize ?? 'none'}`,
      );
    }
  }
}

function wanted(names: readonly string[] | undefined, own: { name: string; arn: string }): boolean {
  return (
    names === undefined || names.length === 0 || names.some((n) => n === own.name || n === own.arn)
  );
}

function describeQueues(catalog: Catalog, input: Input): Output {
  const names = readInput(Named, input).jobQueues;
  const jobQueues = catalog
    .queues()
    .filter((queue) => wanted(names, queue))
    .map(({ name, arn: jobQueueArn, properties }) => ({
      jobQueueName: name,
      jobQueueArn,
      state: properties.State,
      status: 'VALID',
      statusReason: 'JobQueue Healthy',
      priority: properties.Priority,
      computeEnvironmentOrder: properties.ComputeEnvironmentOrder.map((one) => ({
        order: one.Order,
        computeEnvironment: one.ComputeEnvironment,
      })),
      tags: {},
    }));
  return { jobQueues };
}

function describeDefinitions(catalog: Catalog, input: Input): Output {
  const { jobDefinitions, jobDefinitionName } = readInput(Named, input);
  const named = jobDefinitions?.map((name) => name.split('/').pop());
  const found = catalog.definitions().filter(({ name, revision }) => {
    if (jobDefinitionName !== undefined) return name === jobDefinitionName;
    return named === undefined || named.includes(name) || named.includes(`${name}:${revision}`);
  });
  return { jobDefinitions: found.map(describeDefinition) };
}

function describeEnvironments(catalog: Catalog, input: Input): Output {
  const names = readInput(Named, input).computeEnvironments;
  const computeEnvironments = catalog
    .environments()
    .filter((environment) => wanted(names, environment))
    .map(({ name, arn: computeEnvironmentArn, properties }) => ({
      computeEnvironmentName: name,
      computeEnvironmentArn,
      type: properties.Type,
      state: properties.State,
      status: 'VALID',
      statusReason: 'ComputeEnvironment Healthy',
      computeResources: properties.ComputeResources && {
        type: properties.ComputeResources.Type,
        maxvCpus: properties.ComputeResources.MaxvCpus,
        subnets: [],
      },
      tags: {},
    }));
  return { computeEnvironments };
}
