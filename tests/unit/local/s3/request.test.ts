import { describe, expect, it } from 'vitest';
import { readAddress, readCopySource } from '../../../../local/s3/request.ts';
import type { WireRequest } from '../../../../local/wire/service.ts';

function address(host: string, url: string): { bucket: string; key: string } {
  const { bucket, key } = readAddress({ headers: { host }, url } as unknown as WireRequest);
  return { bucket, key };
}

describe('readAddress', () => {
  it.each([
    { host: '127.0.0.1:4566', url: '/', bucket: '', key: '' },
    { host: '127.0.0.1:4566', url: '/b', bucket: 'b', key: '' },
    { host: '127.0.0.1:4566', url: '/b/', bucket: 'b', key: '' },
    { host: 'localhost:4566', url: '/b/a/b?x=/', bucket: 'b', key: 'a/b' },
    { host: 'localhost:4566', url: '/b//a%20b+c%2Bd', bucket: 'b', key: '/a b+c+d' },
    { host: 'localhost', url: '/b/../x', bucket: 'b', key: '../x' },
    { host: 'data.localhost:4566', url: '/a/b', bucket: 'data', key: 'a/b' },
    { host: 'data.s3.localhost:4566', url: '/a', bucket: 'data', key: 'a' },
    { host: 's3.localhost:4566', url: '/b/a', bucket: 'b', key: 'a' },
    { host: 'my.data.s3.eu-west-1.amazonaws.com', url: '/a', bucket: 'my.data', key: 'a' },
    { host: 's3.eu-west-1.amazonaws.com', url: '/b/a', bucket: 'b', key: 'a' },
  ])('finds bucket "$bucket" and key "$key" in $host$url', ({ host, url, bucket, key }) => {
    expect(address(host, url)).toEqual({ bucket, key });
  });

  it('takes keys of 1,024 bytes, and fails for longer ones', () => {
    // ü has two bytes
    expect(address('localhost', `/b/${encodeURIComponent('ü'.repeat(512))}`).key).toHaveLength(512);
    expect(() => address('localhost', `/b/${encodeURIComponent('ü'.repeat(513))}`)).toThrow(
      expect.objectContaining({ code: 'KeyTooLongError' }),
    );
  });

  it('fails for a path that is not percent-encoded UTF-8', () => {
    expect(() => address('localhost', '/b/%ff')).toThrow(
      expect.objectContaining({ code: 'InvalidURI', status: 400 }),
    );
  });
});

describe('readCopySource', () => {
  it.each(['/b/a%20b/c', 'b/a%20b/c', 'b/a%20b/c?versionId=null'])('reads %s', (header) => {
    expect(readCopySource(header)).toEqual({ bucket: 'b', key: 'a b/c' });
  });

  it('fails without a key', () => {
    expect(() => readCopySource('bucket')).toThrow("copy source 'bucket' must have the form");
  });
});
