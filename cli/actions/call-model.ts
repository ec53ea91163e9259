/** Calling a model's endpoint as its declaration wants to be called: signed, or with the token. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsClient } from 'aws4fetch';
import { readSecret } from '../../core/aws/secret.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { outputOf, type Target } from '../target.ts';

export interface ModelCall {
  readonly path: string;
  /** Becomes JSON. @default none, and the method is GET */
  readonly body?: unknown;
}

/** @throws {Error} with what the endpoint said, unless it said 2xx */
export async function callModel(
  target: Target,
  { name, serving }: Pick<ModelDefinition, 'name' | 'serving'>,
  { path, body }: ModelCall,
): Promise<unknown> {
  const url = new URL(path, target.output(outputOf(name, 'Url')));
  const content = {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  };
  const response = await {
    iam: () => signed(url, content),
    token: async () =>
      fetch(
        url,
        withToken(content, await readSecret(target.output(outputOf(name, 'TokenSecret')))),
      ),
    public: () => fetch(url, content),
  }[serving.online?.access ?? 'iam']();
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

interface Content {
  readonly method?: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs with the credentials that the AWS SDK finds, whose clients know how to find them. */
async function signed(url: URL, content: Content): Promise<Response> {
  const { config } = new DynamoDBClient();
  const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: 'lambda',
    region: await config.region(),
  });
  return client.fetch(url, content);
}

function withToken(content: Content, token: string): Content {
  return { ...content, headers: { ...content.headers, authorization: `Bearer ${token}` } };
}
