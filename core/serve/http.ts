/** Requests and answers, whatever brings them: a Function URL, or a server in a container. */
import { gunzipSync } from 'node:zlib';
import type { PredictionRecord } from '../model/records.ts';
import { parseJson } from './json.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array | string;
  /** When it arrived. */
  readonly at: Date;
  /** Unique among all requests; names predictions whose rows bring no id. */
  readonly id: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body: unknown;
  /** What was predicted, to be kept. */
  readonly records?: readonly PredictionRecord[];
  /** Why an answer of 500 or more was given. */
  readonly fault?: unknown;
}

/** The caller's request cannot be answered, and says why. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Most bytes of a body, unpacked: what Lambda itself takes. */
const MAXIMUM_BYTES = 6 * 1024 * 1024;

/**
 * Returns the JSON that a request carries.
 *
 * @throws {RequestError} 413 for a body that is too large, 415 for one that is not declared as
 *   JSON or is packed otherwise than with gzip
 * @throws {NotJsonError} if it is not JSON
 */
export function readJson({ headers, body }: HttpRequest): unknown {
  const type = headers['content-type'];
  if (type !== undefined && !/^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(type)) {
    throw new RequestError(
      415,
      `content-type '${type}' is not read here; send application/json ` +
        `(curl: -H 'content-type: application/json')`,
    );
  }
  return parseJson(unpacked(body, headers['content-encoding']));
}

function unpacked(body: Uint8Array | string, encoding = 'identity'): Uint8Array | string {
  if (Buffer.byteLength(body) > MAXIMUM_BYTES) throw tooLarge();
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    const message = `content-encoding '${encoding}' is not read here; send gzip or identity`;
    throw new RequestError(415, message);
  }
  try {
    return gunzipSync(body, { maxOutputLength: MAXIMUM_BYTES });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge();
    throw new RequestError(400, 'content-encoding is gzip, but the body is not');
  }
}

function tooLarge(): RequestError {
  return new RequestError(
    413,
    `the body is over ${MAXIMUM_BYTES} bytes; send the rows in several requests, or use a batch job`,
  );
}
