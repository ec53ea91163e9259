/** From an answer to what goes over the wire. */
import { gzipSync } from 'node:zlib';
import type { HttpAnswer, HttpRequest } from './http.ts';

export interface EncodedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Shorter answers grow when they are packed, or nearly so. */
const WORTH_PACKING = 1024;

/** Packed for callers who take gzip; `HEAD` gets no body. */
export function encodeAnswer(
  { status, headers, body, tail }: HttpAnswer,
  { method, headers: { 'accept-encoding': accepted } }: Pick<HttpRequest, 'method' | 'headers'>,
): EncodedAnswer {
  const json = body === undefined ? '' : JSON.stringify(body);
  const whole = tail ? withTail(json, tail) : { headers: JSON_HEADERS, body: json };
  const plain = headers ? { ...whole.headers, ...headers } : whole.headers;
  if (method === 'HEAD') return { status, headers: plain, body: '' };
  if (accepted === undefined || whole.body.length < WORTH_PACKING || !takesGzip(accepted)) {
    return { status, headers: plain, body: whole.body };
  }
  return {
    status,
    headers: { ...plain, 'content-encoding': 'gzip', vary: 'accept-encoding' },
    body: gzipSync(whole.body, { level: 4 }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function withTail(json: string, tail: readonly Uint8Array[]) {
  const head = Buffer.from(json);
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.length),
    },
    body: Buffer.concat([head, ...tail]),
  };
}

function takesGzip(accepted: string): boolean {
  return accepted
    .split(',')
    .some((coding) => /^\s*(?:gzip|\*)\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(coding));
}
