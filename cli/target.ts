/** Which stack a command speaks to: the one on this laptop, or one on AWS. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { runningRegion } from './laptop/state.ts';

export interface Target {
  readonly stack: string;
  /** Absent for the laptop. */
  readonly stage?: string;
  /** Value of one of the stack's outputs. @throws {Error} if the stack has none of that name */
  output(name: string): string;
}

export interface TargetOptions {
  /** Stage of a stack on AWS; the laptop's stack without it. */
  readonly stage?: string;
  /** Endpoint of the laptop's region, where it is known. @default that of the one running here */
  readonly endpoint?: string;
}

/** Environment with which any AWS client of this process, or of a pasted command, reaches the laptop. */
export function laptopEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/**
 * Finds the stack and reads its outputs.
 *
 * @throws {Error} if the laptop's region is not up, or the stage has no stack
 */
export async function openTarget({ stage, endpoint }: TargetOptions): Promise<Target> {
  if (stage === undefined) {
    Object.assign(process.env, laptopEnvironment(endpoint ?? runningRegion().endpoint));
  }
  const stack = `tidemill-${stage ?? 'dev'}`;
  const answer = await new CloudFormationClient().send(
    new DescribeStacksCommand({ StackName: stack }),
  );
  const outputs = new Map(
    answer.Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  return {
    stack,
    ...(stage !== undefined && { stage }),
    output(name) {
      const value = outputs.get(name);
      if (value === undefined) {
        throw new Error(
          `stack '${stack}' has no output '${name}' (has: ${[...outputs.keys()].join(', ')}); ` +
            `is the model in models/ and deployed?`,
        );
      }
      return value;
    },
  };
}

/** Returns the name under which the stack puts out something of a model: FlightDelayUrl. */
export function outputOf(model: string, what: string): string {
  const words = model.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${what}`;
}
