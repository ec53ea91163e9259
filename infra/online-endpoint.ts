/** Serves a model's champion over HTTP. */
import { Duration } from 'aws-cdk-lib';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { layout } from '../core/model/layout.ts';
import { factPartitions } from './access.ts';
import type { Bundle } from './bundle.ts';
import { ModelFunction, type OfModel } from './model-function.ts';

export interface OnlineEndpointProps extends OfModel {
  readonly serving: NonNullable<ModelDefinition['serving']['online']>;
  readonly code: Bundle;
  /** Gets the record of each prediction. */
  readonly predictions: IStream;
}

export class OnlineEndpoint extends Construct {
  readonly predict: ModelFunction;
  readonly url: FunctionUrl;

  constructor(scope: Construct, id: string, props: OnlineEndpointProps) {
    super(scope, id);
    const { platform, model, serving, code, predictions } = props;
    const { versions, aliases } = factPartitions(model);
    this.predict = new ModelFunction(this, 'Predict', {
      platform,
      model,
      purpose: 'predict',
      description: `Predicts for callers of ${model} and takes their labels`,
      code,
      memoryMiB: serving.memoryMiB,
      timeout: Duration.seconds(serving.timeoutSeconds),
      environment: { PREDICTIONS_STREAM: predictions.streamName },
      reach: {
        reads: [layout.versions(model)],
        writes: [layout.labels(model)],
        readsFacts: [versions, aliases],
      },
    });
    predictions.grantWrite(this.predict.role);
    this.url = this.predict.function.addFunctionUrl({
      authType:
        serving.access === 'public' ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
    });
  }
}
