/** The headers that travel with an object. */
import { checksumHeader } from './checksums.ts';
import type { StoredObject } from './bucket.ts';
import { type S3Call, header } from './call.ts';

const KEPT = new Set([
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
]);
const DEFAULT_TYPE = 'binary/octet-stream';

/** Query parameters of a download that replace a header of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** Returns the headers of an upload that its readers will get back. */
export function headersToKeep(call: S3Call): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': DEFAULT_TYPE };
  for (const name of Object.keys(call.headers)) {
    const value = header(call, name);
    if (!value || !(KEPT.has(name) || name.startsWith('x-amz-meta-'))) continue;
    kept[name] = value;
  }
  // How the upload was streamed is no property of the object.
  const codings = (header(call, 'content-encoding') ?? '').split(',').map((it) => it.trim());
  const own = codings.filter((coding) => coding !== 'aws-chunked' && coding !== '').join(',');
  return own === '' ? kept : { ...kept, 'content-encoding': own };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** Returns the headers with which the object itself is served, but for its length. */
export function servedHeaders(call: S3Call, object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    etag: quoted(object.etag),
    'last-modified': new Date(object.lastModified).toUTCString(),
    ...object.headers,
  };
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = call.query.get(parameter);
    if (value !== null) headers[name] = value;
  }
  return headers;
}

export function checksumHeaders({ checksum }: StoredObject): Record<string, string> {
  if (!checksum) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}
