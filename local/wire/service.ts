import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

export type WireRequest = IncomingMessage | Http2ServerRequest;
export type WireResponse = ServerResponse | Http2ServerResponse;

/** An AWS service behind the region's one port. */
export interface Service {
  /** The name that clients sign their requests for: 's3', 'kinesis', 'monitoring' ... */
  readonly signingName: string;
  /** Answers one request in the service's own protocol, errors included. */
  handle(request: WireRequest, response: WireResponse): Promise<void>;
}
