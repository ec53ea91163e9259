/** Kinesis streams of a model: events come in on one, predictions go out on the other. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import type { OfModel } from './model-function.ts';

export interface ModelStreamProps extends OfModel {
  readonly purpose: 'events' | 'predictions';
  readonly shards: number;
}

export class ModelStream extends Construct {
  readonly purpose: ModelStreamProps['purpose'];
  readonly stream: Stream;

  constructor(scope: Construct, id: string, props: ModelStreamProps) {
    super(scope, id);
    this.purpose = props.purpose;
    this.stream = new Stream(this, 'Stream', {
      streamName: `${props.platform.stackName}-${props.model}-${props.purpose}`,
      streamMode: StreamMode.PROVISIONED,
      shardCount: props.shards,
      encryption: StreamEncryption.MANAGED,
      // Records are on their way: those that must last are in S3 minutes later.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
