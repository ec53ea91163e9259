/** A Lambda function of a model, with a role, a log and an environment of its own. */
import type { Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { grantReach, type Reach } from './access.ts';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { OwnRole } from './own-role.ts';
import type { Platform } from './platform.ts';

/** What every construct of a model is made from. */
export interface OfModel {
  readonly platform: Platform;
  /** Name of the model. */
  readonly model: string;
}

export interface ModelFunctionProps extends OfModel {
  /** Last part of the function's name. */
  readonly purpose: 'predict' | 'consume' | 'archive' | 'pipeline';
  readonly description: string;
  readonly code: Bundle;
  /** CPU grows with it: one vCPU at 1769. */
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** Calls at once, kept free for this function; more are throttled. @default what the account has */
  readonly concurrency?: number;
  readonly reach: Reach;
  /** Besides MODEL, BUCKET and TABLE. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class ModelFunction extends Construct {
  readonly purpose: ModelFunctionProps['purpose'];
  readonly platform: Platform;
  readonly function: Function;
  readonly role: OwnRole;
  readonly logName: string;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ModelFunctionProps) {
    super(scope, id);
    const { platform, model, purpose } = props;
    const functionName = `${platform.stackName}-${model}-${purpose}`;
    this.platform = platform;
    this.purpose = purpose;
    this.logName = `/aws/lambda/${functionName}`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: this.logName,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: platform.stage.removal,
    });
    // Not the managed policy, which would let it write to every log of the account.
    this.role = new OwnRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${functionName}, by AWS Lambda`,
    });
    logGroup.grantWrite(this.role);
    grantReach(this.role, platform, props.reach);

    this.timeout = props.timeout;
    this.function = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_22_X,
      // ONNX Runtime has open reports of crashes on Lambda's arm64 (microsoft/onnxruntime#10038).
      architecture: Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.code.folder, { assetHash: props.code.digest }),
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      role: this.role,
      reservedConcurrentExecutions: props.concurrency,
      logGroup,
      // As text, since lines in embedded metric format are JSON already and must stay whole.
      loggingFormat: LoggingFormat.TEXT,
      environment: {
        MODEL: model,
        BUCKET: platform.bucket.bucketName,
        TABLE: platform.table.tableName,
        ...props.environment,
      },
    });
    acknowledge(
      this.function,
      'L1',
      'Node 22 has support until April 2027, and jobs run on the same; both move together',
    );
  }
}
