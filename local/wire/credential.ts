/** Who signed a request, and for which service: the scope of an AWS signature. */
import type { WireRequest } from './service.ts';

export interface Credential {
  readonly accessKeyId: string;
  /** Absent for signatures that name none (SigV4A and the old S3 signature). */
  readonly region?: string;
  /** Signing name of the service, such as 's3' or 'monitoring'. */
  readonly service: string;
}

/** Signing names by what X-Amz-Target starts with, for requests that carry no signature. */
const SERVICE_OF_TARGET: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  DynamoDB_20120810: 'dynamodb',
  GraniteServiceVersion20100801: 'monitoring',
  Kinesis_20131202: 'kinesis',
  Logs_20140328: 'logs',
};

/**
 * Reads the signature's scope from the Authorization header or, for a presigned URL, from the
 * query. The signature itself is not verified. Returns undefined for an unsigned request.
 */
export function readCredential(
  request: Pick<WireRequest, 'headers' | 'url'>,
): Credential | undefined {
  const header = request.headers.authorization ?? '';
  const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
  const scope = /Credential=([^,\s]+)/.exec(header)?.[1] ?? query.get('X-Amz-Credential');
  if (scope) return parseScope(scope);

  const oldKeyId = /^AWS ([^:\s]+):/.exec(header)?.[1] ?? query.get('AWSAccessKeyId');
  return oldKeyId ? { accessKeyId: oldKeyId, service: 's3' } : undefined;
}

/** Returns the service that X-Amz-Target speaks of, if the header is there and known. */
export function serviceOfTarget(request: WireRequest): string | undefined {
  const [prefix = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  return Object.hasOwn(SERVICE_OF_TARGET, prefix) ? SERVICE_OF_TARGET[prefix] : undefined;
}

/** A scope is `key/date/region/service/aws4_request`; SigV4A leaves the region out. */
function parseScope(scope: string): Credential | undefined {
  const parts = scope.split('/');
  const terminator = parts.pop();
  const service = parts.pop();
  if (terminator !== 'aws4_request' || !service || parts.length < 2) return undefined;
  const [accessKeyId = '', , region] = parts;
  return { accessKeyId, service, ...(region !== undefined && { region }) };
}
