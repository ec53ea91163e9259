/** Operations on one object. */
import { pipeline } from 'node:stream/promises';
import { textElement } from '../wire/xml.ts';
import type { StoredObject } from './bucket.ts';
import {
  answerEmpty,
  answerXml,
  bucketOf,
  header,
  type S3Call,
  type S3Handler,
  timeOf,
} from './call.ts';
import { checkRead, readConditions, writePrecondition } from './conditions.ts';
import { invalidArgument, noSuchKey } from './errors.ts';
import { checksumHeaders, headersToKeep, quoted, servedHeaders } from './object-headers.ts';
import { type ByteRange, parseRange } from './range.ts';
import { receive } from './receive.ts';
import { checksumElements } from './xml-parts.ts';

export const putObject: S3Handler = async (call) => {
  const bucket = bucketOf(call);
  const precondition = writePrecondition(call.key, call.headers);
  // Asked before the body is read, to spare it, and again when the object is put in place.
  precondition(bucket.find(call.key));
  const { algorithm, checksum, ...body } = await receive(call.request, bucket.files.incoming());
  const facts = {
    etag: body.md5,
    lastModified: timeOf(call),
    headers: headersToKeep(call),
    ...(algorithm &&
      checksum !== undefined && {
        checksum: { algorithm, value: checksum, type: 'FULL_OBJECT' as const },
      }),
  };
  const object = await bucket.put(call.key, body, facts, precondition);
  answerEmpty(call, 200, { etag: quoted(object.etag), ...checksumHeaders(object) });
};

export const headObject: S3Handler = async (call) => {
  const object = bucketOf(call).find(call.key);
  if (!object) throw noSuchKey(call.key);
  const { status, headers } = readAnswer(call, object);
  answerEmpty(call, status, headers);
};

export const getObject: S3Handler = async (call) => {
  const { object, handle } = await bucketOf(call).open(call.key);
  try {
    const { status, headers, range } = readAnswer(call, object);
    if (!range) {
      answerEmpty(call, status, headers);
      return;
    }
    call.response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) call.response.setHeader(name, value);
    await pipeline(handle.createReadStream({ ...range, autoClose: false }), call.response);
  } finally {
    await handle.close();
  }
};

interface ReadAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** What is to be sent; nothing for an empty object and one that has not changed. */
  readonly range?: ByteRange;
}

function readAnswer(call: S3Call, object: StoredObject): ReadAnswer {
  const headers = servedHeaders(call, object);
  if (checkRead(readConditions(call.headers), object) === 'unchanged') {
    return { status: 304, headers: { etag: quoted(object.etag) } };
  }
  const part = partRange(call, object, headers);
  const range = part ?? parseRange(header(call, 'range'), object.size);
  if (range) {
    headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
    headers['content-length'] = String(range.end - range.start + 1);
    return { status: 206, headers, range };
  }
  headers['content-length'] = String(object.size);
  if (header(call, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') {
    Object.assign(headers, checksumHeaders(object));
  }
  const whole = { start: 0, end: object.size - 1 };
  return { status: 200, headers, ...(object.size > 0 && { range: whole }) };
}

/** `?partNumber=2` asks for the bytes that were uploaded as part 2. */
function partRange(
  { query }: S3Call,
  object: StoredObject,
  headers: Record<string, string>,
): ByteRange | undefined {
  const text = query.get('partNumber');
  if (text === null) return undefined;
  const sizes = object.partSizes ?? [object.size];
  const index = Number(text) - 1;
  const size = sizes[index];
  if (size === undefined) {
    throw invalidArgument('partNumber', text, `a part of the object, 1 to ${sizes.length}`);
  }
  if (object.partSizes) headers['x-amz-mp-parts-count'] = String(sizes.length);
  if (size === 0) return undefined;
  const start = sizes.slice(0, index).reduce((sum, bytes) => sum + bytes, 0);
  return { start, end: start + size - 1 };
}

export const deleteObject: S3Handler = async (call) => {
  const ifMatch = call.headers['if-match'];
  const precondition = writePrecondition(call.key, ifMatch ? { 'if-match': ifMatch } : {});
  await bucketOf(call).remove(call.key, precondition);
  answerEmpty(call, 204);
};

export const getObjectAttributes: S3Handler = async (call) => {
  const object = bucketOf(call).find(call.key);
  if (!object) throw noSuchKey(call.key);
  const inner =
    textElement('ETag', object.etag) +
    (object.checksum ? `<Checksum>${checksumElements(object.checksum)}</Checksum>` : '') +
    (object.partSizes
      ? `<ObjectParts>${textElement('TotalPartsCount', object.partSizes.length)}</ObjectParts>`
      : '') +
    textElement('StorageClass', 'STANDARD') +
    textElement('ObjectSize', object.size);
  answerXml(call, 'GetObjectAttributesResponse', inner, {
    'last-modified': new Date(object.lastModified).toUTCString(),
  });
};
