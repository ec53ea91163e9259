/** Online serving behind a Function URL: `POST /predict` for people, `/v2/...` for tools. */
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from 'aws-lambda';
import { kinesisRecords } from '../core/aws/predictions-stream.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import { type Endpoint, createEndpoint } from '../core/serve/endpoint.ts';
import type { HttpAnswer, HttpRequest } from '../core/serve/http.ts';
import { loadModel } from '../models/index.ts';
import { championServer } from './champion.ts';
import { openedOnce } from './opened-once.ts';
import { type RecordSink, streamSink } from './record-sink.ts';
import { type Telemetry, functionTelemetry } from './telemetry.ts';

export interface PredictParts {
  readonly endpoint: Endpoint;
  /** Where prediction records go. */
  readonly records: RecordSink;
  readonly telemetry: Telemetry;
}

export type PredictHandler = (
  event: LambdaFunctionURLEvent,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Statuses that mean: the caller's rows were not fit to be predicted. */
const INVALID: ReadonlySet<number> = new Set([400, 413, 415]);

export function createHandler({ endpoint, records, telemetry }: PredictParts): PredictHandler {
  return async (event) => {
    const request = requestOf(event);
    const answer = await endpoint(request);
    if (answer.records) {
      telemetry.count('PredictedRows', answer.records.length);
      await records.keep(answer.records);
    }
    if (INVALID.has(answer.status)) telemetry.count('ValidationFailures', 1);
    if (answer.fault !== undefined) {
      telemetry.error('request failed', answer.fault, { status: answer.status });
    }
    telemetry.publish(request.at);
    return resultOf(answer);
  };
}

function requestOf(event: LambdaFunctionURLEvent): HttpRequest {
  const { body = '', isBase64Encoded, rawPath, headers, requestContext } = event;
  return {
    method: requestContext.http.method,
    path: rawPath,
    headers,
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
    at: new Date(requestContext.timeEpoch),
    id: requestContext.requestId,
  };
}

function resultOf({ status, headers, body }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** Few, since the caller waits for them and the function has seconds. */
const RECORD_ATTEMPTS = 3;

export const handler: PredictHandler = openedOnce(async () => {
  const definition = await loadModel(requireEnv('MODEL'));
  const telemetry = functionTelemetry('predict', definition.name);
  const server = championServer(definition, telemetry);
  const objects = s3Objects(requireEnv('BUCKET'));
  const stream = requireEnv('PREDICTIONS_STREAM');
  return createHandler({
    endpoint: createEndpoint({ definition, server, objects }),
    records: streamSink(kinesisRecords(stream, { attempts: RECORD_ATTEMPTS }), telemetry),
    telemetry,
  });
});
