/** The HTTP server behind one Function URL. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Place } from '../../resource.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { readBody } from '../../wire/body.ts';
import { PAYLOAD_LIMIT_BYTES } from '../call.ts';
import { PayloadTooLargeError, ThrottledError } from '../errors.ts';
import type { FunctionCatalogue } from '../functions.ts';
import type { Admission } from './admission.ts';
import { type Cors, corsHeaders, isPreflight } from './cors.ts';
import { errorResponse, httpResponse, type HttpResponse } from './http-response.ts';
import { requestEvent } from './request-event.ts';
import { openStreamedResponse } from './streamed-response.ts';

export interface FunctionUrl {
  readonly port: number;
  close(): Promise<void>;
}

export interface FunctionUrlOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly functionName: string;
  /** As the function hears that it was called by: with the alias, if the URL has one. */
  readonly functionArn: string;
  readonly cors?: Cors;
  /** Whether answers of streaming handlers are passed on as they come. */
  readonly streaming: boolean;
  readonly functions: FunctionCatalogue;
  /** @default everybody may call */
  readonly admission?: Admission;
  readonly place: Place;
  readonly clock: Clock;
}

const KEEP_ALIVE_MS = 60_000;

/** @throws {Error} if the port is taken */
export async function openFunctionUrl(options: FunctionUrlOptions): Promise<FunctionUrl> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(options, request, response).catch((cause: unknown) => {
      if (!request.destroyed || request.complete) console.error('Function URL failed:', cause);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new Error(
      `port ${options.port} for the URL of '${options.functionName}' is taken; ` +
        'free it, or start on another one with --port',
      { cause },
    );
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  options: FunctionUrlOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { cors } = options;
  const preflight = cors !== undefined && isPreflight(request.method, request.headers);
  const extra = {
    'x-amzn-requestid': randomUUID(),
    ...(cors && corsHeaders(cors, request.headers, preflight)),
  };
  if (preflight) {
    response.writeHead(200, extra).end();
    return;
  }
  const answer = await call(options, request, response, extra);
  if (answer === undefined) return;
  try {
    send(response, answer, extra);
  } catch {
    // A header that HTTP cannot carry, which the function is to blame for.
    send(response, errorResponse(502, 'Internal Server Error'), extra);
  }
}

function send(
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  extra: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()])),
    'content-length': body.length,
    ...extra,
  });
  response.end(body);
}

/** Returns the response, or undefined if it has been streamed already. */
async function call(
  options: FunctionUrlOptions,
  request: IncomingMessage,
  response: ServerResponse,
  extra: Readonly<Record<string, string>>,
): Promise<HttpResponse | undefined> {
  const { functions, functionName } = options;
  const hosted = functions.find(functionName);
  const requestId = extra['x-amzn-requestid'] ?? '';
  try {
    const body = await readBody(request, PAYLOAD_LIMIT_BYTES);
    const refused = refuseCaller(options, request, body);
    if (refused !== undefined) return refused;
    const payload = JSON.stringify(toEvent(options, request, requestId, body));
    const result = await functions.call(hosted, payload, {
      requestId,
      functionArn: options.functionArn,
      ...(options.streaming && {
        openStream: (contentType: string) => openStreamedResponse(response, contentType, extra),
      }),
    });
    if (response.headersSent) {
      if (result.failed) response.destroy();
      return undefined;
    }
    const answer = result.failed ? undefined : toResponse(result.payload, result.contentType);
    return answer ?? errorResponse(502, 'Internal Server Error');
  } catch (cause) {
    const refusal = refuse(cause);
    if (refusal === undefined) throw cause;
    return refusal;
  }
}

function refuseCaller(
  { admission }: FunctionUrlOptions,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
): HttpResponse | undefined {
  return admission?.({ method, target: url, headers, body });
}

function toEvent(
  options: FunctionUrlOptions,
  request: IncomingMessage,
  requestId: string,
  body: Buffer,
): Record<string, unknown> {
  return requestEvent(
    {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      httpVersion: request.httpVersion,
      headers: request.headers,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      body,
    },
    {
      requestId,
      urlId: createHash('sha256').update(options.functionName).digest('hex').slice(0, 32),
      region: options.place.region,
      at: options.clock.now(),
    },
  );
}

/** A streaming handler behind a URL that does not stream: its text is the body. */
function toResponse(payload: string, contentType: string | undefined): HttpResponse | undefined {
  if (contentType === undefined) return httpResponse(payload);
  return { status: 200, headers: { 'content-type': contentType }, body: Buffer.from(payload) };
}

function refuse(cause: unknown): HttpResponse | undefined {
  if (cause instanceof ThrottledError) return errorResponse(429, cause.message);
  if (cause instanceof PayloadTooLargeError) return errorResponse(413, cause.message);
  if (cause instanceof AwsError && cause.status === 413) return errorResponse(413, cause.message);
  return undefined;
}
