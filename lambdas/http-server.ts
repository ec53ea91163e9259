/** The same endpoint behind a plain HTTP server: in a container, or on any machine. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { HttpRequest } from '../core/serve/http.ts';
import type { Responder } from './respond.ts';

export interface HttpServerOptions {
  readonly respond: Responder;
  /** Origins whose pages may call, as the Function URL would let them. @default none */
  readonly corsOrigins?: readonly string[];
  readonly now: () => Date;
}

/** Largest body that is read at all. */
const MAXIMUM_BYTES = 6 * 1024 * 1024;

const PREFLIGHT = {
  'access-control-allow-methods': 'GET,POST',
  'access-control-allow-headers': 'authorization,content-type,content-encoding',
  'access-control-max-age': '3600',
};

/** Returns the server, not listening yet. */
export function createHttpServer({ respond, corsOrigins = [], now }: HttpServerOptions): Server {
  return createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const cors = corsHeaders(corsOrigins, request.headers.origin);
    if (request.method === 'OPTIONS' && cors) {
      response.writeHead(204, { ...cors, ...PREFLIGHT }).end();
      return;
    }
    readBody(request, (body) => {
      serve(respond, requestOf(request, body, now()), response, cors).catch((cause: unknown) => {
        console.error('request failed:', cause);
        response.destroy();
      });
    });
  });
}

async function serve(
  respond: Responder,
  request: HttpRequest,
  response: ServerResponse,
  cors: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  const { answer, finish } = await respond(request);
  const { status, headers, body } = answer;
  response.writeHead(status, {
    ...headers,
    ...cors,
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
  });
  response.end(body);
  await finish();
}

function requestOf(request: IncomingMessage, body: Uint8Array, at: Date): HttpRequest {
  const { method = 'GET', url = '/', headers } = request;
  const query = url.indexOf('?');
  return {
    method,
    path: query < 0 ? url : url.slice(0, query),
    headers,
    body,
    at,
    id: randomUUID(),
  };
}

/** A body that is too large is not kept, only found to be so: one byte over is enough to say no. */
function readBody(request: IncomingMessage, done: (body: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAXIMUM_BYTES + 1) chunks.push(chunk);
    else chunks.push(chunk.subarray(0, Math.max(0, MAXIMUM_BYTES + 1 - (bytes - chunk.length))));
  });
  request.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}

function corsHeaders(
  origins: readonly string[],
  origin: string | undefined,
): Record<string, string> | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes('*')) return { 'access-control-allow-origin': '*' };
  if (!origins.includes(origin)) return undefined;
  return { 'access-control-allow-origin': origin, vary: 'origin' };
}
