/**
 * The global `awslambda`, through which handlers stream their answer.
 * https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
import type { ResponseStream } from './response-stream.ts';

export type StreamingHandler = (
  event: unknown,
  response: ResponseStream,
  context: unknown,
) => Promise<unknown>;

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** The content type that tells a Function URL of a prelude before the body. */
export const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';

/** Ends the prelude, the JSON object with status, headers and cookies. */
const PRELUDE_END = Buffer.alloc(8);

/** Makes `awslambda.streamifyResponse` and `awslambda.HttpResponseStream.from` available. */
export function installStreaming(): void {
  const awslambda = {
    streamifyResponse: (handler: StreamingHandler) =>
      Object.defineProperty(handler, STREAMING, { value: 'response' }),
    HttpResponseStream: {
      from(response: ResponseStream, prelude: unknown): ResponseStream {
        response.setContentType(HTTP_INTEGRATION);
        response.write(Buffer.concat([Buffer.from(JSON.stringify(prelude)), PRELUDE_END]));
        return response;
      },
    },
  };
  Reflect.set(globalThis, 'awslambda', awslambda);
}

/** Tells whether a handler was wrapped by `awslambda.streamifyResponse`. */
export function isStreaming(handler: unknown): handler is StreamingHandler {
  return typeof handler === 'function' && STREAMING in handler;
}
