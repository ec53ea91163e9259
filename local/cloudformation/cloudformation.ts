/** AWS CloudFormation on this machine: what is hosted, to look at. */
import * as z from 'zod';
import { arn, type Place } from '../resource.ts';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import type { Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';

/** A stack that the region hosts. */
export interface HostedStack {
  readonly name: string;
  readonly description?: string | undefined;
  readonly createdAt: Date;
  /** Values of the template's outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly type: string;
    /** What `Ref` gives. */
    readonly physicalId: string;
  }[];
}

export interface CloudFormationOptions {
  readonly place: Place;
  /** Asked at every request, so that stacks may be hosted after the service is made. */
  readonly stacks: () => readonly HostedStack[];
}

export function createCloudFormation(options: CloudFormationOptions): {
  readonly service: Service;
} {
  const { place, stacks } = options;
  const Named = z.object({ StackName: z.string().optional() });
  const named = (input: Readonly<Record<string, unknown>>): HostedStack => {
    const { StackName = '' } = parseInput(Named, input, 'ValidationError');
    return existing(stacks(), StackName);
  };

  return {
    service: createRpcService({
      signingName: 'cloudformation',
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: {
        async DescribeStacks(input) {
          const { StackName } = parseInput(Named, input, 'ValidationError');
          const found = StackName === undefined ? stacks() : [existing(stacks(), StackName)];
          return { Stacks: found.map((stack) => describe(place, stack)) };
        },
        ListStacks: async () => ({
          StackSummaries: stacks().map((stack) => summarize(place, stack)),
        }),
        async DescribeStackResources(input) {
          const stack = named(input);
          return { StackResources: resourcesOf(place, stack) };
        },
        async ListStackResources(input) {
          const stack = named(input);
          return { StackResourceSummaries: resourcesOf(place, stack) };
        },
      },
    }),
  };
}

function existing(stacks: readonly HostedStack[], nameOrId: string): HostedStack {
  const stack = stacks.find(
    ({ name }) => nameOrId === name || nameOrId.includes(`:stack/${name}/`),
  );
  if (stack) return stack;
  const known = stacks.map(({ name }) => name).join(', ');
  throw new AwsError(
    'ValidationError',
    `Stack with id ${nameOrId} does not exist; there are: ${known || 'none yet'}`,
  );
}

function stackId(place: Place, { name }: HostedStack): string {
  return arn(place, 'cloudformation', `stack/${name}/laptop`);
}

function summarize(place: Place, stack: HostedStack): Output {
  return {
    StackId: stackId(place, stack),
    StackName: stack.name,
    TemplateDescription: stack.description,
    CreationTime: stack.createdAt,
    StackStatus: 'CREATE_COMPLETE',
  };
}

function describe(place: Place, stack: HostedStack): Output {
  return {
    StackId: stackId(place, stack),
    StackName: stack.name,
    Description: stack.description,
    CreationTime: stack.createdAt,
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: false,
    Outputs: Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    })),
  };
}

function resourcesOf(place: Place, stack: HostedStack): Output[] {
  return stack.resources.map(({ logicalId, type, physicalId }) => ({
    StackName: stack.name,
    StackId: stackId(place, stack),
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Timestamp: stack.createdAt,
    LastUpdatedTimestamp: stack.createdAt,
    ResourceStatus: 'CREATE_COMPLETE',
  }));
}
