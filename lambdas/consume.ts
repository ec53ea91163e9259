/** Streaming: a batch of the events stream in, prediction records out on the predictions stream. */
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { sqsFailures } from '../core/aws/failures-queue.ts';
import { kinesisRecords } from '../core/aws/predictions-stream.ts';
import { requireEnv } from '../core/env.ts';
import { type ConsumerParts, consumeBatch } from '../core/serve/consume-batch.ts';
import { createEventPredictor } from '../core/serve/predict-events.ts';
import { loadModel } from '../models/index.ts';
import { championServer } from './champion.ts';
import { eventsOf } from './kinesis.ts';
import { openedOnce } from './opened-once.ts';
import { type Telemetry, functionTelemetry } from './telemetry.ts';

export type ConsumeHandler = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>;

export function createHandler(
  parts: ConsumerParts & { readonly telemetry: Telemetry },
): ConsumeHandler {
  const { telemetry } = parts;
  return async (event) => {
    const events = eventsOf(event);
    const { predicted, rejected, failedAt } = await consumeBatch(parts, events);
    if (predicted > 0) telemetry.count('PredictedRows', predicted);
    if (rejected > 0) telemetry.count('RejectedRecords', rejected);
    if (failedAt) {
      const { sequenceNumber } = failedAt;
      telemetry.error('batch not finished', failedAt.cause, { from: sequenceNumber });
    }
    const last = events.at(-1);
    if (last) telemetry.publish(last.arrivedAt);
    return {
      batchItemFailures: failedAt ? [{ itemIdentifier: failedAt.sequenceNumber }] : [],
    };
  };
}

export const handler: ConsumeHandler = openedOnce(async () => {
  const definition = await loadModel(requireEnv('MODEL'));
  const telemetry = functionTelemetry('consume', definition.name);
  return createHandler({
    server: championServer(definition, telemetry),
    predictEvents: createEventPredictor(definition),
    predictions: kinesisRecords(requireEnv('PREDICTIONS_STREAM')),
    failures: sqsFailures(requireEnv('FAILURES_QUEUE_URL')),
    telemetry,
  });
});
