/** AWS CloudFormation on this machine: what is hosted, to look at. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import type { Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';

/** A stack that the region hosts. */
export interface HostedStack {
  /** The ARN that `AWS::StackId` stands for. */
  readonly id: string;
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
  /** Asked at every request, so that stacks may be hosted after the service is made. */
  readonly stacks: () => readonly HostedStack[];
}

export function createCloudFormation(options: CloudFormationOptions): {
  readonly service: Service;
} {
  const { stacks } = options;
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
          return { Stacks: found.map((stack) => describe(stack)) };
        },
        ListStacks: async () => ({
          StackSummaries: stacks().map((stack) => summarize(stack)),
        }),
        async DescribeStackResources(input) {
          const stack = named(input);
          return { StackResources: resourcesOf(stack) };
        },
        async ListStackResources(input) {
          const stack = named(input);
          return { StackResourceSummaries: resourcesOf(stack) };
        },
      },
    }),
  };
}

function existing(stacks: readonly HostedStack[], nameOrId: string): HostedStack {
  const stack = stacks.find(({ id, name }) => nameOrId === name || nameOrId === id);
  if (stack) return stack;
  const known = stacks.map(({ name }) => name).join(', ');
  throw new AwsError(
    'ValidationError',
    `Stack with id ${nameOrId} does not exist; there are: ${known || 'none yet'}`,
  );
}

function summarize(stack: HostedStack): Output {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    CreationTime: stack.createdAt,
    StackStatus: 'CREATE_COMPLETE',
  };
}

function describe(stack: HostedStack): Output {
  return {
    StackId: stack.id,
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

function resourcesOf(stack: HostedStack): Output[] {
  return stack.resources.map(({ logicalId, type, physicalId }) => ({
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Timestamp: stack.createdAt,
    LastUpdatedTimestamp: stack.createdAt,
    ResourceStatus: 'CREATE_COMPLETE',
  }));
}
