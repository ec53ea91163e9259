/** Gets an object of S3 as the role of the ECS task, with nothing but Node. */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the object's bytes. @throws {Error} with the answer of S3 if it refuses */
export async function download(
  bucket: string,
  key: string,
  environment: Environment,
  now: Date,
): Promise<Buffer> {
  const region = environment['AWS_REGION'] ?? '';
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? `https://s3.${region}.amazonaws.com`;
  const url = new URL(`${endpoint}/${bucket}/${key}`);
  const credentials = await taskCredentials(environment);
  const response = await fetch(url, { headers: signedHeaders(url, region, credentials, now) });
  if (!response.ok) {
    throw new Error(`GET ${url.href} answered ${response.status}: ${await response.text()}`);
  }
  return Buffer.from(await response.arrayBuffer());
}

/** Task roles hand out their keys at a link-local address that ECS names in the environment. */
async function taskCredentials(environment: Environment): Promise<Credentials> {
  const address =
    environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ??
    `http://169.254.170.2${environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']}`;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} gave no credentials: ${response.status}`);
  const credentials: Credentials = JSON.parse(await response.text());
  return credentials;
}

/**
 * Returns the headers that sign a GET by Signature Version 4.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  url: URL,
  region: string,
  { AccessKeyId, SecretAccessKey, Token }: Credentials,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const payload = sha256('');
  const headers = {
    host: url.host,
    'x-amz-content-sha256': payload,
    'x-amz-date': time,
    'x-amz-security-token': Token,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ['GET', url.pathname, '', lines.join(''), names, payload].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const secret: Buffer = [day, region, 's3', 'aws4_request'].reduce(
    (key: Buffer, part) => hmac(key, part),
    Buffer.from(`AWS4${SecretAccessKey}`),
  );
  const signature = hmac(secret, toSign).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${AccessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
