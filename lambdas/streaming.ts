/**
 * Answers that are on their way before the function has done: Lambda's response streaming.
 * https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { Response } from './respond.ts';

/** What Lambda's runtime puts into the global scope. */
interface LambdaGlobal {
  streamifyResponse(
    handler: (event: LambdaFunctionURLEvent, stream: Writable) => Promise<void>,
  ): unknown;
  readonly HttpResponseStream: {
    from(
      stream: Writable,
      prelude: { readonly statusCode: number; readonly headers: Response['answer']['headers'] },
    ): Writable;
  };
}

/**
 * Wraps a function for the runtime: the answer goes out first, then what it leaves to do is done.
 * Outside of Lambda the handler is the function itself.
 */
export function streamed(respond: (event: LambdaFunctionURLEvent) => Promise<Response>): unknown {
  const runtime: unknown = Reflect.get(globalThis, 'awslambda');
  if (!isLambdaGlobal(runtime)) return respond;
  return runtime.streamifyResponse(async (event, stream) => {
    const { answer, finish } = await respond(event);
    const { status: statusCode, headers, body } = answer;
    const out = runtime.HttpResponseStream.from(stream, { statusCode, headers });
    out.end(body);
    // A caller who hangs up has been predicted for all the same.
    await Promise.allSettled([finished(out), finish()]);
  });
}

function isLambdaGlobal(value: unknown): value is LambdaGlobal {
  return typeof value === 'object' && value !== null && 'streamifyResponse' in value;
}
