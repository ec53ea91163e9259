/** The region's one TCP port. It speaks HTTP/1.1, and HTTP/2 to clients that start with it. */
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { AwsError, toAwsError } from './aws-error.ts';
import { ADMINISTRATOR, type Caller } from './caller.ts';
import { readCredential, serviceOfTarget } from './credential.ts';
import { awsJson } from './aws-json.ts';
import { awsQuery } from './aws-query.ts';
import { isAbandoned, send, type Service, type WireRequest, type WireResponse } from './service.ts';

export interface PortOptions {
  readonly services: readonly Service[];
  /** 0 lets the system choose. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Tells who signs with an access key. @default everybody is the administrator */
  readonly callerOf?: (accessKeyId: string | undefined, service: string) => Caller;
  /** The HTML page that a browser gets at the port's root, which no AWS client asks for unsigned. */
  readonly page?: () => string;
}

export interface Port {
  /** Starts to accept requests and returns the port's number. */
  listen(): Promise<number>;
  /** Stops accepting, gives running requests a moment to end, and drops all connections. */
  close(): Promise<void>;
}

/** How long `close` waits for requests that are being answered. */
const GRACE_MS = 1000;
/** Longer than clients keep idle connections, so that none sends into a closing one. */
const KEEP_ALIVE_MS = 120_000;
/** HTTP/2 begins with "PRI * HTTP/2.0"; no HTTP/1.1 method begins so. */
const HTTP2_PREFACE = Buffer.from('PRI');

/** Builds the port in front of the services; the scope of a request's signature picks one. */
export function createPort(options: PortOptions): Port {
  const { services, port, host = '127.0.0.1', page, callerOf = () => ADMINISTRATOR } = options;
  const bySigningName = new Map(services.map((service) => [service.signingName, service]));
  const sockets = new Set<net.Socket>();
  const open = new Set<WireResponse>();

  const onRequest = (request: WireRequest, response: WireResponse): void => {
    open.add(response);
    response.once('close', () => open.delete(response));
    if (page && asksForPage(request)) void answerPage(page, response);
    else void answer({ services: bySigningName, callerOf }, request, response);
  };
  const http1Server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  // In megabytes. The default of 10 refuses streams when a client puts many records at once.
  const http2Server = http2.createServer({ maxSessionMemory: 1000 });
  http1Server.on('request', onRequest);
  http2Server.on('request', onRequest);

  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that goes away is no failure of ours.
    socket.on('error', () => socket.destroy());
    handOver(socket, http1Server, http2Server);
  });

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const answered = Promise.allSettled([...open].map((response) => once(response, 'close')));
      await Promise.race([answered, pause(GRACE_MS)]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Looks at the first bytes of a connection and gives it to the server that understands them. */
function handOver(socket: net.Socket, http1: http.Server, http2Server: http2.Http2Server): void {
  const look = (): void => {
    const start: unknown = socket.read(HTTP2_PREFACE.length);
    if (!Buffer.isBuffer(start)) {
      socket.once('readable', look);
      return;
    }
    socket.unshift(start);
    (start.equals(HTTP2_PREFACE) ? http2Server : http1).emit('connection', socket);
  };
  look();
}

/** AWS clients sign what they ask at the root: S3's ListBuckets. */
function asksForPage(request: WireRequest): boolean {
  return request.method === 'GET' && request.url === '/' && readCredential(request) === undefined;
}

async function answerPage(page: () => string, response: WireResponse): Promise<void> {
  response.on('error', () => {});
  send(response, 200, { 'content-type': 'text/html; charset=utf-8' }, page());
}

interface Answering {
  readonly services: ReadonlyMap<string, Service>;
  readonly callerOf: NonNullable<PortOptions['callerOf']>;
}

async function answer(
  { services, callerOf }: Answering,
  request: WireRequest,
  response: WireResponse,
): Promise<void> {
  request.on('error', () => {});
  response.on('error', () => {});
  const credential = readCredential(request);
  const name = credential?.service ?? serviceOfTarget(request);
  const service = services.get(name ?? '');
  try {
    if (!service) throw notHosted(name, [...services.keys()]);
    await service.handle(request, response, callerOf(credential?.accessKeyId, service.signingName));
  } catch (cause) {
    if (isAbandoned(request, response)) return;
    writeFailure(request, response, toAwsError(cause, describe(name, request)));
  }
}

function describe(service: string | undefined, request: WireRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  return `${service ?? 'unsigned'} ${request.method} ${request.url} ${String(target)}`.trimEnd();
}

function notHosted(name: string | undefined, hosted: readonly string[]): AwsError {
  const list = hosted.toSorted().join(', ');
  if (name !== undefined) {
    return new AwsError(
      'UnknownServiceException',
      `this region hosts no service '${name}'; it hosts: ${list}`,
      { status: 404 },
    );
  }
  return new AwsError(
    'MissingAuthenticationToken',
    `the request is not signed, so it is not known for which of the region's services it is ` +
      `(${list}); use an AWS client, with any access key`,
    { status: 403 },
  );
}

function writeFailure(request: WireRequest, response: WireResponse, error: AwsError): void {
  if (response.headersSent) {
    // Too late to say it: a broken answer is better than one that looks whole.
    response.destroy();
    return;
  }
  const type = request.headers['content-type'] ?? '';
  const protocol = type.includes('json') ? awsJson : awsQuery;
  const exchange = { request, operation: '', requestId: '', xmlNamespace: '' };
  protocol.writeError(response, exchange, error);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
