import { describe, expect, it } from 'vitest';
import { readCredential, serviceOfTarget } from '../../../../local/wire/credential.ts';
import type { WireRequest } from '../../../../local/wire/service.ts';

function request(headers: Record<string, string>, url = '/'): WireRequest {
  return { headers, url } as unknown as WireRequest;
}

describe('readCredential', () => {
  it('reads the scope of a signed request', () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=00';

    expect(readCredential(request({ authorization }))).toEqual({
      accessKeyId: 'AKID',
      region: 'eu-west-1',
      service: 's3',
    });
  });

  it.each([
    {
      kind: 'a presigned URL',
      url: '/b/k?X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request',
      headers: {},
      expected: { accessKeyId: 'AKID', region: 'us-east-1', service: 's3' },
    },
    {
      kind: 'a URL signed the old way',
      url: '/b/k?AWSAccessKeyId=AKID&Signature=x&Expires=1',
      headers: {},
      expected: { accessKeyId: 'AKID', service: 's3' },
    },
    {
      kind: 'a header signed the old way',
      url: '/b/k',
      headers: { authorization: 'AWS AKID:c2lnbmF0dXJl' },
      expected: { accessKeyId: 'AKID', service: 's3' },
    },
    {
      kind: 'a signature for many regions',
      url: '/',
      headers: {
        authorization:
          'AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, Signature=00',
      },
      expected: { accessKeyId: 'AKID', service: 's3' },
    },
  ])('reads $kind', ({ url, headers, expected }) => {
    expect(readCredential(request(headers as Record<string, string>, url))).toEqual(expected);
  });

  it.each(['Bearer token', 'AWS4-HMAC-SHA256 Credential=nonsense, Signature=00', ''])(
    'finds none in %j',
    (authorization) => {
      expect(readCredential(request({ authorization }))).toBeUndefined();
    },
  );
});

describe('serviceOfTarget', () => {
  it('knows whose operation an unsigned request asks for', () => {
    expect(serviceOfTarget(request({ 'x-amz-target': 'Kinesis_20131202.PutRecord' }))).toBe(
      'kinesis',
    );
    expect(serviceOfTarget(request({ 'x-amz-target': 'constructor.Put' }))).toBeUndefined();
  });
});
