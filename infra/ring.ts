/** Several alarms that are likely to have one cause, and call people once for all of them. */
import { type Alarm, AlarmRule, AlarmState, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { OfModel } from './model-function.ts';
import { pascalCase } from './names.ts';

export interface RingProps extends OfModel {
  /** One word: the last part of the alarm's name. */
  readonly about: 'serving' | 'quality' | 'jobs';
  readonly alarms: readonly Alarm[];
}

const MEANING: Readonly<Record<RingProps['about'], string>> = {
  serving: 'Callers or streams are not answered as they should be',
  quality: 'What the model gets, or what it answers, is not as it was',
  jobs: 'Training, scoring or monitoring does not get on',
};

/** Rings when the first of its alarms does, and is quiet until all of them are over. */
export class Ring extends Construct {
  constructor(scope: Construct, id: string, { platform, model, about, alarms }: RingProps) {
    super(scope, id);
    // CDK names the permission to call the function, which all models share, after this id.
    const ring = new CompositeAlarm(this, pascalCase(`${model}-${about}`), {
      compositeAlarmName: `${platform.stackName}-${model}-${about}`,
      alarmDescription: `${MEANING[about]}: ${model}. The alarms behind this one say more.`,
      alarmRule: AlarmRule.anyOf(
        ...alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
      ),
    });
    ring.addAlarmAction(platform.notifier);
  }
}
