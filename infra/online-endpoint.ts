/** Serves a model's champion over HTTP. */
import { Duration } from 'aws-cdk-lib';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import {
  type Alias,
  type FunctionUrl,
  FunctionUrlAuthType,
  HttpMethod,
  InvokeMode,
} from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { layout } from '../core/model/layout.ts';
import { factPartitions } from './access.ts';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { LiveAlias } from './live-alias.ts';
import { ModelFunction, type OfModel } from './model-function.ts';

export interface OnlineEndpointProps extends OfModel {
  readonly serving: NonNullable<ModelDefinition['serving']['online']>;
  readonly code: Bundle;
  /** Gets the record of each prediction. */
  readonly predictions: IStream;
  /** Whether the model has rolling features, which labels count for. */
  readonly rolls: boolean;
}

export class OnlineEndpoint extends Construct {
  readonly predict: ModelFunction;
  readonly alias: Alias;
  readonly url: FunctionUrl;
  /** What callers send as `Authorization: Bearer ...`, where the declaration wants a token. */
  readonly token?: Secret;

  constructor(scope: Construct, id: string, props: OnlineEndpointProps) {
    super(scope, id);
    const { platform, model, serving, code, predictions } = props;
    const { versions, aliases, rolling } = factPartitions(model);
    if (serving.access === 'token') this.token = this.createToken(props);
    this.predict = new ModelFunction(this, 'Predict', {
      platform,
      model,
      purpose: 'predict',
      description: `Predicts for callers of ${model} and takes their labels`,
      code,
      memoryMiB: serving.memoryMiB,
      timeout: Duration.seconds(serving.timeoutSeconds),
      concurrency: serving.concurrency,
      environment: {
        PREDICTIONS_STREAM: predictions.streamName,
        ...(this.token && { TOKEN_SECRET: this.token.secretArn }),
      },
      reach: {
        reads: [layout.versions(model)],
        writes: [layout.labels(model), layout.unsent(model)],
        readsFacts: [versions, aliases],
        ...(props.rolls && { keepsFacts: [rolling] }),
      },
    });
    predictions.grant(this.predict.role, 'kinesis:PutRecords');
    this.token?.grantRead(this.predict.role);
    this.alias = new LiveAlias(this, 'Live', this.predict).alias;
    this.url = this.alias.addFunctionUrl({
      authType: serving.access === 'iam' ? FunctionUrlAuthType.AWS_IAM : FunctionUrlAuthType.NONE,
      // The caller has the answer before the record is kept.
      invokeMode: InvokeMode.RESPONSE_STREAM,
      ...(serving.corsOrigins.length > 0 && { cors: corsOf(serving.corsOrigins) }),
    });
  }

  private createToken({ platform, model }: OnlineEndpointProps): Secret {
    const token = new Secret(this, 'Token', {
      secretName: `${platform.stackName}/${model}/token`,
      description: `Callers of ${model} send it as Authorization: Bearer`,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: platform.stage.removal,
    });
    acknowledge(
      token,
      'SMG4',
      'Callers must hear of a new token before it holds; people rotate it',
    );
    return token;
  }
}

function corsOf(origins: readonly string[]) {
  return {
    allowedOrigins: [...origins],
    allowedMethods: [HttpMethod.GET, HttpMethod.POST],
    allowedHeaders: ['authorization', 'content-type', 'content-encoding'],
    maxAge: Duration.hours(1),
  };
}
