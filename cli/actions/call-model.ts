/** Calling a model's endpoint as its declaration wants to be called: signed, or with the token. */
import { readSecret } from '../../core/aws/secret.ts';
import { type SignedAnswer, signedRequest } from '../../core/aws/signed-request.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { outputOf, type Target } from '../target.ts';

export interface ModelCall {
  readonly path: string;
  /** Becomes JSON. @default none, and the method is GET */
  readonly body?: unknown;
}

interface Content {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @throws {Error} with what the endpoint said, unless it said 2xx */
export async function callModel(
  target: Target,
  { name, serving }: Pick<ModelDefinition, 'name' | 'serving'>,
  { path, body }: ModelCall,
): Promise<unknown> {
  const url = new URL(path, target.output(outputOf(name, 'Url')));
  const content: Content = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const { status, body: answer } = await {
    iam: () => signedRequest({ service: 'lambda', url, ...content }),
    token: async () =>
      plainRequest(url, content, await readSecret(target.output(outputOf(name, 'TokenSecret')))),
    public: () => plainRequest(url, content),
  }[serving.online?.access ?? 'iam']();
  const text = answer.toString();
  if (status < 200 || status > 299) throw new Error(`${path} answered ${status}: ${text}`);
  return JSON.parse(text);
}

async function plainRequest(url: URL, content: Content, token?: string): Promise<SignedAnswer> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { ...content.headers, ...authorization };
  const response = await fetch(url, { ...content, headers });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}
