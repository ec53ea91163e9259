/**
 * One signed request to AWS, where a whole client would only make a function start later: loading
 * and setting up S3's takes as long as opening a model.
 */
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Hash, type Hmac, createHash, createHmac } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SignedRequest {
  /** As endpoints and signatures name it: 's3', 'secretsmanager', 'lambda'. */
  readonly service: string;
  readonly method: 'GET' | 'POST';
  /** @default the service's endpoint in the region of this process */
  readonly url?: URL;
  /** Of the service's endpoint, not encoded yet. @default '/' */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Times that it is sent at most. @default 3 */
  readonly attempts?: number;
  /** An attempt that takes longer has failed. @default 10 s */
  readonly timeoutMs?: number;
}

export interface SignedAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 100;

let handler: NodeHttpHandler | undefined;
let identity: Identity | undefined;

/**
 * Sends a request, and again if the service or the network fails, or asks for patience.
 *
 * @throws {Error} of the network
 */
export async function signedRequest(asked: SignedRequest): Promise<SignedAnswer> {
  const { attempts = ATTEMPTS } = asked;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await send(asked);
      if (!passes(answer) || attempt === attempts) return answer;
    } catch (cause) {
      if (attempt === attempts) throw cause;
    }
    await sleep(FIRST_WAIT_MS * attempt);
  }
}

/** Whether the next attempt may fare better. */
function passes({ status, body }: SignedAnswer): boolean {
  if (status === 400) return /Throttling|ThroughputExceeded/.test(body.toString());
  return status >= 500 || status === 429;
}

async function send(asked: SignedRequest): Promise<SignedAnswer> {
  const { service, method, body } = asked;
  const { region, credentials } = (identity ??= await identityOf(process.env));
  const url = asked.url ?? endpointOf(service, region);
  const path = (asked.path ?? url.pathname).split('/').map(encodeURIComponent).join('/');
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: true,
  });
  const request = await signer.sign(
    new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path,
      headers: { host: url.host, ...asked.headers },
      body,
    }),
  );
  handler ??= new NodeHttpHandler({ connectionTimeout: 2000 });
  const { timeoutMs: requestTimeout = TIMEOUT_MS } = asked;
  const { response } = await handler.handle(new HttpRequest(request), { requestTimeout });
  const answer: Readable = response.body;
  return { status: response.statusCode, body: await buffer(answer) };
}

interface Identity {
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

/** Functions have all in their environment; elsewhere, any client of the SDK knows how to find it. */
async function identityOf(environment: NodeJS.ProcessEnv): Promise<Identity> {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (region && accessKeyId && secretAccessKey) {
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return { region, credentials };
  }
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { config } = new DynamoDBClient();
  return { region: await config.region(), credentials: config.credentials };
}

function endpointOf(service: string, region: string): URL {
  const { AWS_ENDPOINT_URL: all } = process.env;
  const own = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  return new URL(own ?? all ?? `https://${service}.${region}.amazonaws.com`);
}

/** The signer's idea of a hash, out of Node's. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a signature takes a hash of its own');
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
