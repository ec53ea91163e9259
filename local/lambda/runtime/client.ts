/** The function's side of the Lambda Runtime API. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { STILL_TIME_HEADER } from '../still-time-header.ts';
import type { ErrorDescription } from './describe-error.ts';

export interface RuntimeInvocation {
  readonly requestId: string;
  /** Of the region, in milliseconds since 1970, where it is not that of this machine. */
  readonly timeMs: number | undefined;
  /** Milliseconds since 1970 at which the sandbox is killed. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string | undefined;
  /** The event, still JSON text. */
  readonly event: string;
}

export interface RuntimeClient {
  /** Waits for the next event. */
  next(): Promise<RuntimeInvocation>;
  respond(requestId: string, json: string): Promise<void>;
  /** Opens an answer that is sent piece by piece. */
  openResponse(requestId: string, contentType: string): ClientRequest;
  error(requestId: string, error: ErrorDescription): Promise<void>;
  initError(error: ErrorDescription): Promise<void>;
}

/** @param address host and port of the Runtime API, as in AWS_LAMBDA_RUNTIME_API */
export function createRuntimeClient(address: string): RuntimeClient {
  const agent = new Agent({ keepAlive: true });
  const base = `http://${address}/2018-06-01/runtime`;

  const post = async (path: string, body: string, headers = {}): Promise<void> => {
    const sent = request(`${base}${path}`, {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    });
    sent.end(body);
    await readText(await answerTo(sent));
  };
  const postError = (path: string, error: ErrorDescription): Promise<void> =>
    post(path, JSON.stringify(error), { 'lambda-runtime-function-error-type': error.errorType });

  return {
    async next() {
      const sent = request(`${base}/invocation/next`, { agent });
      sent.end();
      const answer = await answerTo(sent);
      const { headers } = answer;
      const time = headers[STILL_TIME_HEADER];
      return {
        timeMs: time === undefined ? undefined : Number(time),
        requestId: String(headers['lambda-runtime-aws-request-id']),
        deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
        functionArn: String(headers['lambda-runtime-invoked-function-arn']),
        traceId: headers['lambda-runtime-trace-id']?.toString(),
        event: await readText(answer),
      };
    },
    respond: (requestId, json) => post(`/invocation/${requestId}/response`, json),
    openResponse: (requestId, contentType) =>
      request(`${base}/invocation/${requestId}/response`, {
        agent,
        method: 'POST',
        headers: {
          'content-type': contentType,
          'transfer-encoding': 'chunked',
          'lambda-runtime-function-response-mode': 'streaming',
        },
      }),
    error: (requestId, error) => postError(`/invocation/${requestId}/error`, error),
    initError: (error) => postError('/init/error', error),
  };
}

/** Waits for the head of the answer. */
export function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
