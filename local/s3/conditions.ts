/** Conditional requests: RFC 9110 section 13 for reads, S3's conditional writes for the rest. */
import type { WireRequest } from '../wire/service.ts';
import type { Precondition, StoredObject } from './bucket.ts';
import { noSuchKey, notImplemented, preconditionFailed } from './errors.ts';

type Headers = WireRequest['headers'];

/** Returns the check that a write's If-Match and If-None-Match ask for. */
export function writePrecondition(key: string, headers: Headers): Precondition {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw notImplemented(`If-None-Match: ${ifNoneMatch} on writes; only * is allowed`);
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

export function readConditions(headers: Headers): ReadConditions {
  return {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
  };
}

/** The conditions that a copy sets on its source. */
export function copySourceConditions(headers: Headers): ReadConditions {
  const text = (name: string): string | undefined => {
    const value = headers[`x-amz-copy-source-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ifMatch: text('if-match'),
    ifNoneMatch: text('if-none-match'),
    ifModifiedSince: text('if-modified-since'),
    ifUnmodifiedSince: text('if-unmodified-since'),
  };
}

/**
 * Tells whether an object is to be read, or has not changed for the reader (304).
 *
 * @throws {AwsError} PreconditionFailed (412)
 */
export function checkRead(
  { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince }: ReadConditions,
  object: StoredObject,
): 'changed' | 'unchanged' {
  const modified = Date.parse(object.lastModified);
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && modified > Date.parse(ifUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) {
    return matches(ifNoneMatch, object.etag) ? 'unchanged' : 'changed';
  }
  const sinceThen = ifModifiedSince === undefined || !(modified <= Date.parse(ifModifiedSince));
  return sinceThen ? 'changed' : 'unchanged';
}

function matches(condition: string, etag: string): boolean {
  if (condition.trim() === '*') return true;
  return condition
    .split(',')
    .some((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', '') === etag);
}
