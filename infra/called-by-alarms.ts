/** A function that alarms call. */
import { Aws } from 'aws-cdk-lib';
import type { AlarmActionConfig, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';

const PERMISSION = 'CalledByAlarms';

/** CDK's own action makes a permission an alarm; this one makes one for all that begin alike. */
export class CalledByAlarms implements IAlarmAction {
  readonly #called: Function;
  readonly #prefix: string;

  /** @param prefix that the names of all its alarms begin with */
  constructor(called: Function, prefix: string) {
    this.#called = called;
    this.#prefix = prefix;
  }

  bind(): AlarmActionConfig {
    if (this.#called.node.tryFindChild(PERMISSION) === undefined) {
      const place = `${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
      this.#called.addPermission(PERMISSION, {
        principal: new ServicePrincipal('lambda.alarms.cloudwatch.amazonaws.com'),
        sourceAccount: Aws.ACCOUNT_ID,
        sourceArn: `arn:${place}:alarm:${this.#prefix}*`,
      });
    }
    return { alarmActionArn: this.#called.functionArn };
  }
}
