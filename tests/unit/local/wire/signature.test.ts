import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedWith, type SignedRequest } from '../../../../local/wire/signature.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** `get-vanilla` of the test suite that AWS publishes for Signature Version 4. */
const VANILLA: SignedRequest = {
  method: 'GET',
  target: '/',
  headers: {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  body: Buffer.alloc(0),
};

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** Signs as the SDKs do. */
async function signed(path: string, query: Record<string, string>, body: string) {
  const signer = new SignatureV4({
    service: 'lambda',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: SECRET, sessionToken: 'laptop' },
    sha256: Sha256,
  });
  const request = new HttpRequest({
    method: 'POST',
    path,
    query,
    headers: { host: '127.0.0.1:4567', 'content-type': 'application/json' },
    body,
  });
  const { headers } = await signer.sign(request);
  const search = new URLSearchParams(query).toString();
  return {
    method: 'POST',
    target: search === '' ? path : `${path}?${search}`,
    headers,
    body: Buffer.from(body),
  };
}

describe('a signature', () => {
  it('is what AWS publishes for a plain request', () => {
    expect(isSignedWith(SECRET, VANILLA)).toBe(true);
  });

  it.each([
    { path: '/predict', query: {}, body: '{"distance":1000}' },
    { path: '/v2/models/flight-delay/infer', query: { trace: '1', 'a b': 'ä/&' }, body: '' },
    { path: '/a%20b/c', query: {}, body: 'text' },
  ])('of the SDK for $path holds', async ({ path, query, body }) => {
    expect(isSignedWith(SECRET, await signed(path, query, body))).toBe(true);
  });

  it('fails with another secret, and for anything that was changed afterwards', async () => {
    const request = await signed('/predict', { trace: '1' }, '{"distance":1000}');
    const changes: Partial<SignedRequest>[] = [
      { method: 'PUT' },
      { target: '/labels?trace=1' },
      { target: '/predict?trace=2' },
      { body: Buffer.from('{"distance":1}') },
      { headers: { ...request.headers, host: 'elsewhere' } },
      { headers: { ...request.headers, authorization: 'Bearer open-sesame' } },
      { headers: {} },
    ];

    expect(isSignedWith(`${SECRET}x`, request)).toBe(false);
    for (const change of changes)
      expect(isSignedWith(SECRET, { ...request, ...change })).toBe(false);
  });
});
