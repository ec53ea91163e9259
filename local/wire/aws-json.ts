/**
 * awsJson 1.0 and 1.1: X-Amz-Target names the operation, bodies are JSON.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
import { AwsError } from './aws-error.ts';
import { readContent } from './body.ts';
import { type Input, isStructure } from './operations.ts';
import type { Exchange, RpcProtocol } from './rpc.ts';
import { send, type WireRequest } from './service.ts';

export const awsJson: RpcProtocol = {
  async read(request) {
    const body = await readContent(request);
    return { operation: operationOf(request), input: parseJsonObject(body) };
  },

  writeOutput(response, { request }, output) {
    send(response, 200, { 'content-type': contentType(request) }, toJson(output));
  },

  writeError(response, { request, xmlNamespace }, error) {
    const headers = {
      'content-type': contentType(request),
      'x-amzn-errortype': error.code,
      ...(xmlNamespace !== '' && queryErrorHeader(error)),
    };
    const body = { __type: error.code, message: error.message, ...error.fields };
    send(response, error.status, headers, toJson(body));
  },
};

/** Returns the operation that `Kinesis_20131202.PutRecords` and the like name. */
export function operationOf(request: WireRequest): string {
  return String(request.headers['x-amz-target']).split('.').pop() ?? '';
}

/** Services that also speak the query protocol tell clients the code that it has for an error. */
export function queryErrorHeader({ queryCode, fault }: AwsError): Record<string, string> {
  return { 'x-amzn-query-error': `${queryCode};${fault}` };
}

/**
 * Returns a JSON body as an object; an empty body is an empty object.
 *
 * @throws {AwsError} SerializationException if it is not JSON, or not an object
 */
export function parseJsonObject(body: Buffer): Input {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not JSON: ${String(cause)}`);
  }
  if (!isStructure(value)) {
    throw new AwsError('SerializationException', 'the body must be a JSON object');
  }
  return value;
}

/** Returns a value as AWS's JSON protocols write it: times in seconds, blobs in base64. */
export function toJson(value: unknown): string {
  return JSON.stringify(plain(value));
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}

function contentType(request: Exchange['request']): string {
  return request.headers['content-type'] ?? 'application/x-amz-json-1.0';
}
