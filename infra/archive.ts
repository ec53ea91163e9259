/** Keeps the predictions of a model's predictions stream in S3. */
import { Duration } from 'aws-cdk-lib';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { layout } from '../core/model/layout.ts';
import { ARCHIVE } from '../core/model/sizes.ts';
import type { Bundle } from './bundle.ts';
import { ModelFunction, type OfModel } from './model-function.ts';

export interface ArchiveProps extends OfModel {
  readonly code: Bundle;
  readonly predictions: IStream;
}

export class Archive extends Construct {
  readonly archive: ModelFunction;

  constructor(scope: Construct, id: string, { platform, model, code, predictions }: ArchiveProps) {
    super(scope, id);
    this.archive = new ModelFunction(this, 'Archive', {
      platform,
      model,
      purpose: 'archive',
      description: `Keeps the predictions of ${model} in S3`,
      code,
      memoryMiB: ARCHIVE.memoryMiB,
      timeout: Duration.minutes(1),
      reach: { writes: [layout.predictions(model)] },
    });
    this.archive.function.addEventSource(
      new KinesisEventSource(predictions, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: ARCHIVE.batchSize,
        maxBatchingWindow: Duration.seconds(ARCHIVE.windowSeconds),
        reportBatchItemFailures: true,
        // Tried again until a record leaves the stream: monitoring would miss it, and it is ours.
        // Not in halves, which would be other objects with the same records.
      }),
    );
  }
}
