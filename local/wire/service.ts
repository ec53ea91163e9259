import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Caller } from './caller.ts';

export type WireRequest = IncomingMessage | Http2ServerRequest;
export type WireResponse = ServerResponse | Http2ServerResponse;

/** An AWS service behind the region's one port. */
export interface Service {
  /** The name that clients sign their requests for: 's3', 'kinesis', 'monitoring' ... */
  readonly signingName: string;
  /** Answers one request in the service's own protocol, errors included. */
  handle(request: WireRequest, response: WireResponse, caller: Caller): Promise<void>;
}

/** Sends a whole answer with its length. */
export function send(
  response: WireResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-length', Buffer.byteLength(body));
  // The same call twice, because TypeScript cannot call a union of overloads.
  if (response instanceof ServerResponse) response.end(body);
  else response.end(body);
}

/** Tells whether the client has gone, so that nobody is there to be answered. */
export function isAbandoned(request: WireRequest, response: WireResponse): boolean {
  // HTTP/2's classes know less of their state than their streams do.
  const body = 'stream' in request ? request.stream : request;
  const answer = 'stream' in response ? response.stream : response;
  return (body.destroyed && (body.aborted || !request.complete)) || answer.destroyed;
}
