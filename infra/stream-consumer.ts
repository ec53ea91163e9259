/** Predicts for each event of a model's events stream. */
import { Duration } from 'aws-cdk-lib';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { type Alias, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { layout } from '../core/model/layout.ts';
import { CONSUMER } from '../core/model/sizes.ts';
import { factPartitions } from './access.ts';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { LiveAlias } from './live-alias.ts';
import { ModelFunction, type OfModel } from './model-function.ts';

export interface StreamConsumerProps extends OfModel {
  readonly serving: NonNullable<ModelDefinition['serving']['stream']>;
  readonly code: Bundle;
  readonly events: IStream;
  readonly predictions: IStream;
  /** Whether the model has rolling features, which the consumer keeps. */
  readonly rolls: boolean;
}

export class StreamConsumer extends Construct {
  readonly consume: ModelFunction;
  readonly alias: Alias;
  /** Where the batches lie that were given up. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { platform, model, serving, events, predictions } = props;
    this.failures = new Queue(this, 'Failures', {
      queueName: `${platform.stackName}-${model}-failures`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failures, 'SQS3', 'This is where failures end; people redrive it');

    const { versions, aliases, rolling } = factPartitions(model);
    this.consume = new ModelFunction(this, 'Consume', {
      platform,
      model,
      purpose: 'consume',
      description: `Predicts for each event on the stream of ${model}`,
      code: props.code,
      memoryMiB: CONSUMER.memoryMiB,
      timeout: Duration.minutes(1),
      environment: {
        PREDICTIONS_STREAM: predictions.streamName,
      },
      reach: {
        reads: [layout.versions(model)],
        writes: [layout.quarantine(model)],
        readsFacts: [versions, aliases],
        ...(props.rolls && { keepsFacts: [rolling] }),
      },
    });
    predictions.grant(this.consume.role, 'kinesis:PutRecords');
    this.alias = new LiveAlias(this, 'Live', this.consume).alias;
    this.alias.addEventSource(
      new KinesisEventSource(events, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: serving.batchSize,
        maxBatchingWindow: Duration.seconds(serving.windowSeconds),
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // About ten minutes with Lambda's growing pauses; then the shard must go on.
        retryAttempts: 10,
        maxRecordAge: Duration.hours(12),
        onFailure: new SqsDlq(this.failures),
      }),
    );
  }
}
