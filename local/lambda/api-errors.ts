/** Lambda's errors as its API tells them. */
import { AwsError } from '../wire/aws-error.ts';
import { FunctionNotFoundError, PayloadTooLargeError, ThrottledError } from './errors.ts';
import type { FunctionCatalogue } from './functions.ts';
import type { HostedFunction } from './hosted-function.ts';

/** @throws {AwsError} ResourceNotFoundException */
export function lookUp(
  functions: FunctionCatalogue,
  name: string,
  qualifier?: string,
): HostedFunction {
  try {
    return functions.find(name, qualifier);
  } catch (cause) {
    throw asAwsError(cause);
  }
}

/** Returns what the client is told, or the error itself when it is not for the client. */
export function asAwsError(cause: unknown): unknown {
  if (cause instanceof FunctionNotFoundError) return notFound(cause.message);
  if (cause instanceof ThrottledError) {
    return new AwsError('TooManyRequestsException', cause.message, {
      status: 429,
      fields: { Type: 'User', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
  }
  if (cause instanceof PayloadTooLargeError) {
    return new AwsError('RequestTooLargeException', cause.message, {
      status: 413,
      fields: { Type: 'User' },
    });
  }
  return cause;
}

/** Returns the error for a name that nothing has. */
export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, {
    status: 404,
    fields: { Type: 'User' },
  });
}
