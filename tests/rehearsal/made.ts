/** What a deployment has made, asked of the services themselves. */
import { BatchClient, DescribeJobDefinitionsCommand } from '@aws-sdk/client-batch';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { GetBucketVersioningCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Types of a synthesized template's resources, each as often as it occurs. */
export function typesInTemplate(folder: string, stack: string): string[] {
  const text = readFileSync(join(folder, 'cdk.out', `${stack}.template.json`), 'utf8');
  const { Resources }: { Resources: Record<string, { Type: string }> } = JSON.parse(text);
  return Object.values(Resources)
    .map(({ Type }) => Type)
    .toSorted((a, b) => a.localeCompare(b));
}

export async function typesInStack(stack: string): Promise<string[]> {
  const types: string[] = [];
  const client = new CloudFormationClient();
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    types.push(...(page.StackResourceSummaries ?? []).map((each) => each.ResourceType ?? ''));
  }
  return types.toSorted((a, b) => a.localeCompare(b));
}

export interface StackDescription {
  readonly status: string;
  readonly isProtected: boolean;
  /** By key. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The one that it names after its account and region. */
  readonly bucket: string;
}

/** @throws {Error} if there is no such stack */
export async function describe(stack: string): Promise<StackDescription> {
  const { Stacks } = await new CloudFormationClient().send(
    new DescribeStacksCommand({ StackName: stack }),
  );
  const [is] = Stacks ?? [];
  const [, , , region, account] = is?.StackId?.split(':') ?? [];
  const outputs = is?.Outputs ?? [];
  return {
    status: is?.StackStatus ?? '',
    isProtected: is?.EnableTerminationProtection === true,
    outputs: new Map(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    bucket: `${stack}-${account}-${region}`,
  };
}

/** Names of everything of a stack that could be left behind, as the services list them. */
export async function namesOf(stack: string): Promise<string[]> {
  const mine = (names: readonly (string | undefined)[], kind: string): string[] =>
    names
      .filter((name) => name === stack || name?.startsWith(`${stack}-`))
      .map((name) => `${kind} ${name}`);
  // Kinesis' own client speaks HTTP/2, which few stand-ins do.
  const { StreamNames } = await new KinesisClient({ requestHandler: new NodeHttpHandler() }).send(
    new ListStreamsCommand(),
  );
  const { jobDefinitions } = await new BatchClient().send(
    new DescribeJobDefinitionsCommand({ status: 'ACTIVE' }),
  );
  const functions: (string | undefined)[] = [];
  for await (const page of paginateListFunctions({ client: new LambdaClient() }, {})) {
    functions.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
  }
  const alarms: (string | undefined)[] = [];
  for await (const page of paginateDescribeAlarms({ client: new CloudWatchClient() }, {})) {
    alarms.push(...(page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
  }
  const definitions = (jobDefinitions ?? []).map(({ jobDefinitionName }) => jobDefinitionName);
  return [
    ...mine(StreamNames ?? [], 'stream'),
    ...mine(functions, 'function'),
    ...mine(alarms, 'alarm'),
    ...mine([...new Set(definitions)], 'job definition'),
  ];
}

/** Memory that a function has, and the version that its alias stands on. */
export async function servedBy(name: string): Promise<{ memoryMiB: number; version: string }> {
  const client = new LambdaClient();
  const [{ MemorySize = 0 }, { FunctionVersion = '' }] = await Promise.all([
    client.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    client.send(new GetAliasCommand({ FunctionName: name, Name: 'live' })),
  ]);
  return { memoryMiB: MemorySize, version: FunctionVersion };
}

/** Calls a function and returns what it answered. @throws {Error} if it failed */
export async function invoke(name: string, event: unknown): Promise<unknown> {
  const { Payload, FunctionError } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  const answer = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`${name} failed: ${answer.slice(0, 300)}`);
  return JSON.parse(answer);
}

/** Which of bucket and table are there, and how they guard what they keep. */
export async function storageOf(
  bucket: string,
  table: string,
): Promise<{ bucket: boolean; versioned: boolean; table: boolean; protected: boolean }> {
  const s3 = new S3Client({ forcePathStyle: true });
  const there = await s3.send(new HeadBucketCommand({ Bucket: bucket })).catch(() => undefined);
  const versioning = there && (await s3.send(new GetBucketVersioningCommand({ Bucket: bucket })));
  const described = await new DynamoDBClient()
    .send(new DescribeTableCommand({ TableName: table }))
    .catch(() => undefined);
  return {
    bucket: there !== undefined,
    versioned: versioning?.Status === 'Enabled',
    table: described !== undefined,
    protected: described?.Table?.DeletionProtectionEnabled === true,
  };
}
