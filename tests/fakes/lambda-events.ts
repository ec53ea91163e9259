/** Events as Lambda makes them. */
import type { KinesisStreamEvent, LambdaFunctionURLEvent } from 'aws-lambda';

export interface UrlCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Text is sent as text, bytes in base64, anything else as JSON. */
  readonly body?: unknown;
}

export function urlEvent({ method = 'POST', path = '/', headers = {}, body }: UrlCall) {
  const isBase64Encoded = body instanceof Uint8Array;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers,
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : text,
    isBase64Encoded,
    requestContext: {
      requestId: 'request-1',
      timeEpoch: Date.UTC(2001, 4, 1, 12),
      http: { method, path },
    },
  } as LambdaFunctionURLEvent;
}

const SHARD = 'shardId-000000000003';

/** One record for each of the values, in one shard; text and bytes are sent as they are. */
export function kinesisBatch(
  stream: string,
  values: readonly unknown[],
  first = 0,
): KinesisStreamEvent {
  return {
    Records: values.map((value, at) => {
      const plain = typeof value === 'string' || value instanceof Uint8Array;
      const sequenceNumber = String(first + at).padStart(5, '4');
      return {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: `key-${first + at}`,
          sequenceNumber,
          data: Buffer.from(plain ? value : JSON.stringify(value)).toString('base64'),
          approximateArrivalTimestamp: Date.UTC(2001, 4, 1, 12, 0, first + at) / 1000,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `${SHARD}:${sequenceNumber}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'arn:aws:iam::123456789012:role/consume',
        awsRegion: 'us-east-1',
        eventSourceARN: `arn:aws:kinesis:us-east-1:123456789012:stream/${stream}`,
      };
    }),
  };
}
