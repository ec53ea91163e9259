/**
 * Runs one Lambda function in this process, as AWS's own Node.js runtime does: loads the handler,
 * asks the Runtime API for the next event, answers it, and asks again.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { createRuntimeClient } from './client.ts';
import { createContext } from './context.ts';
import { describeError } from './describe-error.ts';
import { callHandler } from './handler.ts';
import { loadHandler } from './load-handler.ts';
import { type StreamingHandler, installStreaming, isStreaming } from './streaming.ts';
import { standStillAt } from './still-time.ts';
import { createResponseStream } from './response-stream.ts';

const client = createRuntimeClient(environment('AWS_LAMBDA_RUNTIME_API'));
let current: string | undefined;

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** Reports what nobody caught and ends the process: its state is not to be trusted any more. */
async function die(errorType: string, cause: unknown): Promise<never> {
  const error = { ...describeError(cause), errorType };
  console.error(`Uncaught Exception\t${JSON.stringify(error)}`);
  await (current === undefined ? client.initError(error) : client.error(current, error));
  process.exit(129);
}

async function run(): Promise<void> {
  installStreaming();
  const handler = await loadHandler(environment('LAMBDA_TASK_ROOT'), environment('_HANDLER'));
  for (;;) {
    const invocation = await client.next();
    current = invocation.requestId;
    if (invocation.timeMs !== undefined) standStillAt(invocation.timeMs);
    const context = createContext(invocation, process.env);
    try {
      const event: unknown = JSON.parse(invocation.event);
      if (isStreaming(handler)) await stream(handler, invocation.requestId, event, context);
      else await client.respond(invocation.requestId, await callHandler(handler, event, context));
    } catch (cause) {
      const error = describeError(cause);
      console.error(`Invoke Error\t${JSON.stringify(error)}`);
      await client.error(invocation.requestId, error);
    }
    current = undefined;
  }
}

async function stream(
  handler: StreamingHandler,
  requestId: string,
  event: unknown,
  context: unknown,
): Promise<void> {
  const response = createResponseStream((contentType) =>
    client.openResponse(requestId, contentType),
  );
  try {
    await handler(event, response, context);
  } catch (cause) {
    if (!response.begun) throw cause;
    // The caller has part of the answer already; a broken connection is all that can be said.
    response.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  }
  await response.settled();
}

process.on('uncaughtException', (cause) => void die('Runtime.UncaughtException', cause));
process.on('unhandledRejection', (cause) => void die('Runtime.UnhandledPromiseRejection', cause));

try {
  await run();
} catch (cause) {
  // The region went away, or the handler could not be loaded.
  await client.initError(describeError(cause)).catch(() => undefined);
  process.exit(1);
}
