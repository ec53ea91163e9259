/**
 * The Lambda Runtime API for one sandbox: what AWS offers to the process that runs a function.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import { type Call, PAYLOAD_LIMIT_BYTES } from './call.ts';
import { STILL_TIME_HEADER } from './still-time-header.ts';

interface Answer {
  readonly payload: string;
  readonly failed: boolean;
  readonly contentType?: string;
}

export interface RuntimeApi {
  /** Host and port, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Settles when the runtime asks for an event: `undefined`, or what went wrong in its start. */
  waiting(): Promise<string | undefined>;
  /** Hands an event to the waiting runtime and returns its answer. */
  invoke(call: Call, clock: Clock, timeoutSeconds: number): Promise<Answer>;
  close(): void;
}

const VERSION = '/2018-06-01/runtime';

/** Opens the API on a loopback port of its own. */
export async function openRuntimeApi(): Promise<RuntimeApi> {
  let next: ServerResponse | undefined;
  let running: { readonly call: Call; readonly answer: (answer: Answer) => void } | undefined;
  let asked = createSignal();

  const answerWith = async (request: IncomingMessage, failed: boolean): Promise<void> => {
    const { call, answer } = running ?? {};
    if (call === undefined || answer === undefined) throw new Error('no invocation is running');
    const taken = await take(request, failed ? undefined : call.openStream);
    running = undefined;
    answer({ ...taken, failed: failed || taken.failed });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').slice(VERSION.length);
    if (path === '/invocation/next') {
      next = response;
      asked.give(undefined);
      return;
    }
    if (path === '/init/error') asked.give((await take(request)).payload);
    else await answerWith(request, path.endsWith('/error'));
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  };

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    address: `127.0.0.1:${port}`,
    waiting: () => asked.given,
    invoke: (call, clock, timeoutSeconds) =>
      new Promise((resolve) => {
        const response = next;
        next = undefined;
        asked = createSignal();
        running = { call, answer: resolve };
        response?.writeHead(200, eventHeaders(call, clock, timeoutSeconds)).end(call.payload);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A promise of the runtime's next sign of life: `undefined`, or the error of its start. */
function createSignal(): {
  given: Promise<string | undefined>;
  give: (initError: string | undefined) => void;
} {
  let give: (initError: string | undefined) => void = Boolean;
  const given = new Promise<string | undefined>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

function eventHeaders(call: Call, clock: Clock, timeoutSeconds: number): Record<string, string> {
  const now = clock.now().getTime();
  const root = Math.floor(now / 1000).toString(16);
  return {
    'content-type': 'application/json',
    ...(!clock.passes && { [STILL_TIME_HEADER]: String(now) }),
    'lambda-runtime-aws-request-id': call.requestId,
    'lambda-runtime-deadline-ms': String(now + timeoutSeconds * 1000),
    'lambda-runtime-invoked-function-arn': call.functionArn,
    'lambda-runtime-trace-id': `Root=1-${root}-${call.requestId.replaceAll('-', '').slice(0, 24)}`,
  };
}

/** Reads an answer whole, or passes it on piece by piece if it is a stream and somebody wants it so. */
async function take(request: IncomingMessage, openStream?: Call['openStream']): Promise<Answer> {
  const streaming = request.headers['lambda-runtime-function-response-mode'] === 'streaming';
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  if (streaming && openStream !== undefined) {
    await pipeline(request, openStream(contentType));
    return { payload: '', failed: false, contentType };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= PAYLOAD_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > PAYLOAD_LIMIT_BYTES) return tooLarge();
  const payload = Buffer.concat(chunks).toString('utf8');
  return { payload, failed: false, ...(streaming && { contentType }) };
}

function tooLarge(): Answer {
  const errorMessage =
    'Response payload size exceeded maximum allowed payload size ' +
    `(${PAYLOAD_LIMIT_BYTES} bytes).`;
  return {
    payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }),
    failed: true,
  };
}
