import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../../local/s3/bucket.ts';
import { checkRead, writePrecondition } from '../../../../local/s3/conditions.ts';

const object: StoredObject = {
  file: 'objects/k',
  size: 1,
  etag: 'abc',
  lastModified: '2026-01-02T00:00:00.000Z',
  headers: {},
};
const before = 'Thu, 01 Jan 2026 00:00:00 GMT';
const after = 'Sat, 03 Jan 2026 00:00:00 GMT';

describe('checkRead', () => {
  it.each([
    { conditions: {}, expected: 'changed' },
    { conditions: { ifMatch: '"x", "abc"' }, expected: 'changed' },
    { conditions: { ifNoneMatch: '"x"' }, expected: 'changed' },
    { conditions: { ifNoneMatch: 'W/"abc"' }, expected: 'unchanged' },
    { conditions: { ifNoneMatch: '*' }, expected: 'unchanged' },
    { conditions: { ifModifiedSince: after }, expected: 'unchanged' },
    { conditions: { ifModifiedSince: before }, expected: 'changed' },
    { conditions: { ifModifiedSince: 'nonsense' }, expected: 'changed' },
    // RFC 9110, 13.2.2: the tag decides, the time is not looked at
    { conditions: { ifNoneMatch: '"x"', ifModifiedSince: after }, expected: 'changed' },
    { conditions: { ifMatch: '"abc"', ifUnmodifiedSince: before }, expected: 'changed' },
  ])('finds it $expected under $conditions', ({ conditions, expected }) => {
    expect(checkRead(conditions, object)).toBe(expected);
  });

  it.each([{ ifMatch: '"x"' }, { ifUnmodifiedSince: before }])('fails under %j', (conditions) => {
    expect(() => checkRead(conditions, object)).toThrow(
      expect.objectContaining({ code: 'PreconditionFailed', status: 412 }),
    );
  });
});

describe('writePrecondition', () => {
  it('lets a first write pass that must be the first', () => {
    expect(() => writePrecondition('k', { 'if-none-match': '*' })(undefined)).not.toThrow();
  });

  it('lets a write pass that knows what it replaces', () => {
    expect(() => writePrecondition('k', { 'if-match': '"abc"' })(object)).not.toThrow();
  });

  it.each([
    { headers: { 'if-none-match': '*' }, current: object, code: 'PreconditionFailed' },
    { headers: { 'if-match': '"x"' }, current: object, code: 'PreconditionFailed' },
    { headers: { 'if-match': '"abc"' }, current: undefined, code: 'NoSuchKey' },
  ])('fails with $code for $headers', ({ headers, current, code }) => {
    expect(() => writePrecondition('k', headers)(current)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('fails for an If-None-Match that S3 does not have', () => {
    expect(() => writePrecondition('k', { 'if-none-match': '"abc"' })).toThrow(
      expect.objectContaining({ code: 'NotImplemented', status: 501 }),
    );
  });
});
