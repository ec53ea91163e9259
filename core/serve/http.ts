/** Requests and answers, whatever brings them: a Function URL, or a server in a container. */
import { gunzipSync } from 'node:zlib';
import type { PredictionRecord } from '../model/records.ts';
import { parseJson } from './json.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array | string;
  /** When it arrived. */
  readonly at: Date;
  /** Unique among all requests; names predictions whose rows bring no id. */
  readonly id: string;
}

/** Those that are read here, by lower-case name. Others may come with them, and need no copy without. */
export interface HttpHeaders {
  readonly accept?: string | undefined;
  readonly 'accept-encoding'?: string | undefined;
  readonly authorization?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
  readonly 'content-type'?: string | undefined;
  readonly 'inference-header-content-length'?: string | readonly string[] | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body: unknown;
  /** Bytes behind the JSON. */
  readonly tail?: readonly Uint8Array[];
  /** What was predicted, to be kept. */
  readonly records?: readonly PredictionRecord[];
  /** Predictions that nobody waits for, made once the answer is on its way. */
  readonly shadow?: () => Promise<readonly PredictionRecord[]>;
  /** What kind of mistake the caller made. */
  readonly reason?: Reason;
  /** What went wrong on our side, whether or not there was an answer all the same. */
  readonly fault?: unknown;
}

export type Reason = 'rows' | 'json' | 'size' | 'media-type' | 'request';

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

const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;

/** What curl -d and a page's fetch say of any text, when nobody told them what it is. */
const UNTOLD_TYPE = /^(?:application\/x-www-form-urlencoded|text\/plain)\s*(?:;|$)/i;

/**
 * Returns the JSON that a request carries.
 *
 * @throws {RequestError} 413 for a body that is too large, 415 for one that is declared as
 *   something else than JSON or is packed otherwise than with gzip
 * @throws {NotJsonError} if it is not JSON
 */
export function readJson({ headers, body }: HttpRequest): unknown {
  requireJsonType(headers['content-type']);
  return parseJson(unpacked(body, headers['content-encoding']));
}

/** JSON, and bytes that may follow it. */
export interface JsonAndTail {
  readonly json: unknown;
  readonly tail: Uint8Array;
}

/**
 * Returns the JSON of an inference request, and the bytes behind it: header
 * `Inference-Header-Content-Length` says where they begin.
 *
 * @throws as `readJson`, and {RequestError} 400 for a length that is none
 */
export function readJsonAndTail(request: HttpRequest): JsonAndTail {
  const length = request.headers['inference-header-content-length'];
  if (length === undefined) return { json: readJson(request), tail: NO_BYTES };
  const whole = unpacked(request.body, request.headers['content-encoding']);
  const bytes = typeof whole === 'string' ? Buffer.from(whole) : whole;
  const end = Number(length);
  if (!/^\d+$/.test(String(length)) || end > bytes.length) {
    throw new RequestError(
      400,
      `inference-header-content-length is '${String(length)}', but the body has ${bytes.length} bytes`,
    );
  }
  return { json: parseJson(bytes.subarray(0, end)), tail: bytes.subarray(end) };
}

const NO_BYTES = new Uint8Array(0);

function requireJsonType(type: string | undefined): void {
  if (type === undefined || JSON_TYPE.test(type) || UNTOLD_TYPE.test(type)) return;
  throw new RequestError(
    415,
    `content-type '${type}' is not read here; send application/json ` +
      `(curl: -H 'content-type: application/json')`,
  );
}

function unpacked(body: Uint8Array | string, encoding = 'identity'): Uint8Array | string {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes > MAXIMUM_BYTES) throw tooLarge();
  if (encoding === 'identity' || encoding === '') return body;
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

/** @throws {RequestError} 406 for a caller who takes neither JSON nor what may be it */
export function requireJsonWanted({ headers }: HttpRequest): void {
  const { accept } = headers;
  if (accept === undefined || accept.trim() === '' || accept === '*/*') return;
  const ranges = accept.split(',').map((range) => range.trim().toLowerCase());
  const isWanted = ranges.some(
    (range) => WANTED.test(range) && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(range),
  );
  if (isWanted) return;
  throw new RequestError(406, `accept is '${accept}', but answers are application/json`);
}

const WANTED = /^(?:\*\/\*|application\/(?:\*|json|[\w.-]+\+json|octet-stream))\s*(?:;|$)/;
