/** One request to S3 and how it is answered. */
import type { Clock } from '../clock.ts';
import type { Place } from '../resource.ts';
import type { AwsError } from '../wire/aws-error.ts';
import { readBody } from '../wire/body.ts';
import type { Caller } from '../wire/caller.ts';
import { send, type WireRequest, type WireResponse } from '../wire/service.ts';
import { element, textElement } from '../wire/xml.ts';
import type { Bucket } from './bucket.ts';
import type { Buckets } from './buckets.ts';
import type { S3Address } from './request.ts';

export interface S3Call extends S3Address {
  readonly request: WireRequest;
  readonly response: WireResponse;
  readonly headers: WireRequest['headers'];
  readonly buckets: Buckets;
  readonly clock: Clock;
  readonly place: Place;
  readonly caller: Caller;
}

export type S3Handler = (call: S3Call) => Promise<void>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** A thousand keys of a kilobyte each, with room for their markup. */
const LONGEST_XML_BYTES = 4 * 2 ** 20;

export function bucketOf(call: S3Call): Bucket {
  return call.buckets.get(call.bucket);
}

export function header(call: S3Call, name: string): string | undefined {
  const value = call.headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

/** Now, in the whole seconds that S3 keeps. */
export function timeOf({ clock }: S3Call): string {
  const now = clock.now();
  now.setUTCMilliseconds(0);
  return now.toISOString();
}

export async function readXml({ request }: S3Call): Promise<Buffer> {
  return readBody(request, LONGEST_XML_BYTES);
}

export function answerEmpty(
  { response }: S3Call,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204 && status !== 304 && !response.hasHeader('content-length')) {
    response.setHeader('content-length', 0);
  }
  response.end();
}

/** Answers with XML whose content is already escaped. */
export function answerXml(
  { response }: S3Call,
  root: string,
  inner: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const xml = `${DECLARATION}<${root} xmlns="${NAMESPACE}">${inner}</${root}>`;
  send(response, 200, { 'content-type': 'application/xml', ...headers }, xml);
}

export function answerError(
  request: WireRequest,
  response: WireResponse,
  error: AwsError,
  requestId: string,
): void {
  if (request.method === 'HEAD') {
    // A HEAD has no body: clients know the error by its status alone.
    response.statusCode = error.status;
    response.end();
    return;
  }
  const details = Object.entries(error.fields).map(([name, value]) =>
    textElement(name, String(value)),
  );
  const inner =
    textElement('Code', error.code) +
    textElement('Message', error.message) +
    details.join('') +
    textElement('Resource', (request.url ?? '').split('?', 1)[0]) +
    textElement('RequestId', requestId);
  const xml = `${DECLARATION}${element('Error', inner)}`;
  send(response, error.status, { 'content-type': 'application/xml' }, xml);
}
