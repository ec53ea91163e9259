/** Online serving behind a Function URL: `POST /predict` for people, `/v2/...` for tools. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { performance } from 'node:perf_hooks';
import { requireEnv } from '../core/env.ts';
import type { HttpRequest } from '../core/serve/http.ts';
import { loadModel } from '../models/index.ts';
import { openedOnce } from './opened-once.ts';
import { predictParts } from './predict-parts.ts';
import { type PredictParts, type Response, createResponder } from './respond.ts';
import { streamed } from './streaming.ts';

export type PredictHandler = (event: LambdaFunctionURLEvent) => Promise<Response>;

export function createHandler(parts: PredictParts): PredictHandler {
  const respond = createResponder(parts);
  let isCold = true;
  return async (event) => {
    const request = requestOf(event);
    const { answer, finish } = await respond(request);
    if (isCold) parts.telemetry.count('ColdStarts', 1);
    isCold = false;
    return {
      answer,
      finish: async () => {
        await finish();
        parts.telemetry.publish(request.at);
      },
    };
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

const opened = openedOnce<LambdaFunctionURLEvent, Response>(
  async () => {
    const definition = await loadModel(requireEnv('MODEL'));
    return createHandler(predictParts(definition, () => performance.now()));
  },
  { early: 'AWS_LAMBDA_RUNTIME_API' in process.env },
);

export const handler = streamed(opened);
