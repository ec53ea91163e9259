/** Who sent a request, and what they may do. */
import type { AwsError } from './aws-error.ts';
import type { Input } from './operations.ts';

export interface Caller {
  /** As the person or role is known to AWS. */
  readonly identity: { readonly userId: string; readonly arn: string };
  /** Returns what AWS would refuse an operation with, or undefined where it would not. */
  refusal(operation: string, input: Input): AwsError | undefined;
  /** @throws {AwsError} what AWS would refuse the operation with; the person at the laptop is told */
  require(operation: string, input: Input): void;
}

/** May do everything. */
export const ADMINISTRATOR: Caller = {
  identity: { userId: 'laptop', arn: 'arn:aws:iam::000000000000:user/laptop' },
  refusal: () => undefined,
  require: () => undefined,
};
