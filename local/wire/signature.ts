/**
 * AWS Signature Version 4 in the Authorization header, checked as services check it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

interface Claim {
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Tells whether a request was signed with a secret, and is what was signed. How old it is does not
 * matter here: clocks of a laptop's processes may be anywhere in time.
 */
export function isSignedWith(secret: string, request: SignedRequest): boolean {
  const claim = readClaim(request.headers.authorization ?? '');
  if (claim === undefined) return false;
  const payloadHash = request.headers['x-amz-content-sha256'] ?? sha256(request.body);
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && payloadHash !== sha256(request.body)) return false;
  const canonical = canonicalRequest(request, claim.signedHeaders, payloadHash);
  const date = String(request.headers['x-amz-date'] ?? '');
  const text = [ALGORITHM, date, claim.scope, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(secret, claim.scope), text);
  const actual = Buffer.from(claim.signature, 'hex');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function readClaim(authorization: string): Claim | undefined {
  if (!authorization.startsWith(ALGORITHM)) return undefined;
  const part = (name: string): string =>
    new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? '';
  const [, ...scope] = part('Credential').split('/');
  return {
    scope: scope.join('/'),
    signedHeaders: part('SignedHeaders').split(';'),
    signature: part('Signature'),
  };
}

function canonicalRequest(
  { method, target, headers }: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const [path = '', query = ''] = target.split('?', 2);
  const lines = signedHeaders.map((name) => {
    const value = [headers[name] ?? ''].flat().join(',');
    return `${name}:${value.trim().replaceAll(/\s+/g, ' ')}\n`;
  });
  return [
    method,
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

/** As encodeURIComponent, but for everything that RFC 3986 reserves. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Keys last a day and take four rounds; they are kept by secret and scope. */
const keys = new Map<string, Buffer>();
const MOST_KEYS = 1000;

function signingKey(secret: string, scope: string): Buffer {
  const name = `${secret} ${scope}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = scope
    .split('/')
    .reduce<Buffer>((previous, part) => hmac(previous, part), Buffer.from(`AWS4${secret}`));
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(name, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
