/** Calling a handler in either of its styles: a promise, or a callback. */
import type { LambdaContext } from './context.ts';

export type Handler = (event: unknown, context: unknown, callback: Callback) => unknown;

type Callback = (error: unknown, result?: unknown) => void;

/**
 * Calls the handler and returns its answer as JSON text.
 *
 * A handler that neither returns a promise nor calls back has answered `null` once nothing is left
 * for the process to do.
 */
export async function callHandler(
  handler: Handler,
  event: unknown,
  context: LambdaContext,
): Promise<string> {
  const result = await new Promise<unknown>((resolve, reject) => {
    const nothingLeft = (): void => resolve(null);
    process.once('beforeExit', nothingLeft);
    const finish = (error: unknown, answer?: unknown): void => {
      process.off('beforeExit', nothingLeft);
      // Callers may throw anything, and the handler's own value is what AWS reports.
      // oxlint-disable-next-line prefer-promise-reject-errors
      if (error === null || error === undefined) resolve(answer);
      else reject(error);
    };
    try {
      const returned = handler(event, context, finish);
      if (isThenable(returned)) returned.then((answer) => finish(null, answer), finish);
    } catch (cause) {
      finish(cause);
    }
  });
  return serialise(result);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    throw new Error(`Unable to stringify response body: ${String(cause)}`, { cause });
  }
}
