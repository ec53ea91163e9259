/** Listing of objects, and deleting of many. */
import { createHash } from 'node:crypto';
import { AwsError } from '../wire/aws-error.ts';
import { element, escapeXml, textElement } from '../wire/xml.ts';
import type { StoredObject } from './bucket.ts';
import { answerXml, bucketOf, header, readXml, type S3Call, type S3Handler } from './call.ts';
import { claimedChecksum, createDigest } from './checksums.ts';
import { invalidArgument, malformedXml } from './errors.ts';
import { listPage, type Page } from './listing.ts';
import { quoted } from './object-headers.ts';
import { OWNER, parseXml } from './xml-parts.ts';

/** The most that S3 puts on one page, or deletes in one request. */
const PAGE_SIZE = 1000;

/** @throws {AwsError} InvalidArgument if the parameter is not a count */
export function countParameter(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null || text === '') return PAGE_SIZE;
  if (!/^\d{1,9}$/.test(text))
    throw invalidArgument(name, text, 'an integer between 0 and 2147483647');
  return Math.min(PAGE_SIZE, Number(text));
}

export const listObjectsV2: S3Handler = async (call) => {
  const token = call.query.get('continuation-token');
  const startAfter = call.query.get('start-after') ?? '';
  const after = token === null ? startAfter : readToken(token);
  const { page, text, common } = list(call, after);
  answerXml(
    call,
    'ListBucketResult',
    common +
      textElement('KeyCount', page.keys.length + page.commonPrefixes.length) +
      textElement('ContinuationToken', token ?? undefined) +
      textElement('NextContinuationToken', page.next && writeToken(page.next)) +
      (startAfter === '' ? '' : text('StartAfter', startAfter)),
  );
};

export const listObjects: S3Handler = async (call) => {
  const marker = call.query.get('marker') ?? '';
  const { page, text, common } = list(call, marker);
  const next = page.next === undefined ? '' : text('NextMarker', page.next);
  answerXml(call, 'ListBucketResult', common + text('Marker', marker) + next);
};

interface Listing {
  readonly page: Page;
  /** Writes an element whose text is encoded as the request asks. */
  readonly text: (name: string, value: string) => string;
  /** What the answers of both versions have. */
  readonly common: string;
}

function list(call: S3Call, after: string): Listing {
  const { query } = call;
  const bucket = bucketOf(call);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = countParameter(query, 'max-keys');
  const encoding = query.get('encoding-type') ?? undefined;
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('encoding-type', encoding, "'url'");
  }
  const encode = encoding === 'url' ? encodeKey : (key: string): string => key;
  const text = (name: string, value: string): string => element(name, escapeXml(encode(value)));
  const page = listPage(bucket.keys, { prefix, delimiter, after, maxKeys });
  // Always the owner for version 1; version 2 has it on demand.
  const owner = !query.has('list-type') || query.get('fetch-owner') === 'true';
  const contents = page.keys.map((key) => {
    const object = bucket.find(key);
    return object ? element('Contents', text('Key', key) + objectElements(object, owner)) : '';
  });
  const common =
    textElement('Name', call.bucket) +
    text('Prefix', prefix) +
    (delimiter === '' ? '' : text('Delimiter', delimiter)) +
    textElement('EncodingType', encoding) +
    textElement('MaxKeys', maxKeys) +
    textElement('IsTruncated', page.next !== undefined) +
    contents.join('') +
    page.commonPrefixes.map((it) => element('CommonPrefixes', text('Prefix', it))).join('');
  return { page, text, common };
}

function objectElements(object: StoredObject, owner: boolean): string {
  return (
    textElement('LastModified', object.lastModified) +
    textElement('ETag', quoted(object.etag)) +
    textElement('ChecksumAlgorithm', object.checksum?.algorithm) +
    textElement('ChecksumType', object.checksum?.type) +
    textElement('Size', object.size) +
    (owner ? element('Owner', OWNER) : '') +
    textElement('StorageClass', object.headers['x-amz-storage-class'] ?? 'STANDARD')
  );
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

function writeToken(last: string): string {
  return Buffer.from(last).toString('base64url');
}

function readToken(token: string): string {
  const last = Buffer.from(token, 'base64url').toString('utf8');
  if (token !== '' && writeToken(last) === token) return last;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
    fields: { ArgumentName: 'continuation-token' },
  });
}

export const deleteObjects: S3Handler = async (call) => {
  const bucket = bucketOf(call);
  const xml = await readXml(call);
  await verifyBody(call, xml);
  const request = parseXml(xml, 'Delete');
  const keys = request.list('Object').map((object) => object.text('Key'));
  if (keys.length === 0 || keys.length > PAGE_SIZE) {
    throw malformedXml(`it must name 1 to ${PAGE_SIZE} objects, got ${keys.length}`);
  }
  const deleted: string[] = [];
  const failed: string[] = [];
  for (const key of keys) {
    if (key === undefined) throw malformedXml('an <Object> must have a <Key>');
    const refused = call.caller.refusal('DELETE object', { bucket: call.bucket, key });
    if (refused) {
      failed.push(errorElement(key, refused));
      continue;
    }
    await bucket.remove(key, () => {});
    deleted.push(element('Deleted', textElement('Key', key)));
  }
  const quiet = request.text('Quiet') === 'true';
  answerXml(call, 'DeleteResult', [...(quiet ? [] : deleted), ...failed].join(''));
};

function errorElement(key: string, { code, message }: AwsError): string {
  return element(
    'Error',
    textElement('Key', key) + textElement('Code', code) + textElement('Message', message),
  );
}

async function verifyBody(call: S3Call, body: Buffer): Promise<void> {
  const md5 = header(call, 'content-md5');
  const claimed = claimedChecksum(call.headers);
  const digest = claimed && createDigest(claimed.algorithm);
  digest?.update(body);
  const wrongChecksum = claimed?.value !== undefined && claimed.value !== (await digest?.finish());
  const wrongMd5 = md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64');
  if (!wrongChecksum && !wrongMd5) return;
  throw new AwsError('BadDigest', 'The checksum you specified did not match what was received.');
}
