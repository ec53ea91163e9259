/** Streaming: a batch of the events stream in, prediction records out on the predictions stream. */
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { kinesisRecords } from '../core/aws/predictions-stream.ts';
import { quickFacts } from '../core/aws/quick-facts.ts';
import { quickObjects } from '../core/aws/quick-objects.ts';
import { requireEnv } from '../core/env.ts';
import { type ConsumerParts, consumeBatch } from '../core/serve/consume-batch.ts';
import { createEventDecoder } from '../core/serve/decode-event.ts';
import { createEventPredictor } from '../core/serve/predict-events.ts';
import { eventCompleter } from '../core/serve/rolling/completers.ts';
import { createRollingFeatures } from '../core/serve/rolling/rolling-values.ts';
import { quarantine } from '../core/serve/quarantine.ts';
import { loadModel } from '../models/index.ts';
import { championServer } from './champion.ts';
import { recordsOf } from './kinesis.ts';
import { openedOnce } from './opened-once.ts';
import { type Telemetry, functionTelemetry } from './telemetry.ts';

export interface ConsumeAnswer extends KinesisStreamBatchResponse {
  /** Places of the events that were set aside, for whoever sends them again. */
  readonly quarantined: readonly string[];
}

export type ConsumeHandler = (event: KinesisStreamEvent) => Promise<ConsumeAnswer>;

export interface ConsumeParts extends ConsumerParts {
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

export function createHandler(parts: ConsumeParts): ConsumeHandler {
  const { telemetry, now } = parts;
  return async (event) => {
    const records = recordsOf(event);
    const { predicted, quarantined, failedAt } = await consumeBatch(parts, records);
    if (predicted > 0) telemetry.count('PredictedRows', predicted);
    for (const { reason } of quarantined) telemetry.count('QuarantinedRecords', 1, reason);
    if (failedAt) {
      const { sequenceNumber } = failedAt;
      telemetry.count('UnfinishedBatches', 1);
      telemetry.error('batch not finished', failedAt.cause, { from: sequenceNumber });
    }
    const [first, last] = [records[0], records.at(-1)];
    if (first && last) {
      telemetry.measure('BatchRecords', 'None', records.length);
      telemetry.measure('Lag', 'Milliseconds', now().getTime() - first.arrivedAt.getTime());
      telemetry.publish(last.arrivedAt);
    }
    return {
      batchItemFailures: failedAt ? [{ itemIdentifier: failedAt.sequenceNumber }] : [],
      quarantined: quarantined.map(({ place }) => place),
    };
  };
}

export const handler: ConsumeHandler = openedOnce(async () => {
  const definition = await loadModel(requireEnv('MODEL'));
  const telemetry = functionTelemetry('consume', definition.name);
  const decoder = createEventDecoder(definition);
  const rolling = createRollingFeatures(definition, () => quickFacts(requireEnv('TABLE')));
  return createHandler({
    server: championServer(definition, telemetry, { challenged: true }),
    decoder,
    predictEvents: createEventPredictor(definition, {
      beside: decoder.beside,
      complete: rolling && eventCompleter(rolling),
      onChallengerFault: (cause) => {
        telemetry.count('ChallengerFailures', 1);
        telemetry.error('challenger failed', cause);
      },
    }),
    predictions: kinesisRecords(requireEnv('PREDICTIONS_STREAM'), {
      inOrder: definition.serving.stream?.inOrder ?? true,
      onRefused: (records) => telemetry.count('RefusedRecords', records),
    }),
    quarantine: quarantine(quickObjects(requireEnv('BUCKET')), definition.name),
    telemetry,
    now: () => new Date(),
  });
});
