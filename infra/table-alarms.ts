/** Does the table take what is asked of it? */
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { createAlarm, MINUTE, MOST_OF_FIVE_MINUTES } from './alarms.ts';
import type { Platform } from './platform.ts';

export class TableAlarms extends Construct {
  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    for (const kind of ['Read', 'Write'] as const) {
      const alarm = createAlarm(this, platform, 'table', {
        what: `${kind.toLowerCase()}-throttles`,
        runbook: 'table-throttles',
        metric: platform.table.metric(`${kind}ThrottleEvents`, {
          statistic: Stats.SUM,
          period: MINUTE,
        }),
        threshold: 1,
        periods: MOST_OF_FIVE_MINUTES,
        description:
          `The table refuses ${kind.toLowerCase()}s: one partition gets more than DynamoDB takes. ` +
          'Look for a caller in a loop.',
      });
      alarm.addAlarmAction(platform.notifier);
    }
  }
}
