/** States of alarms, as CloudWatch knows them. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';

/** DescribeAlarms takes no more names at once. */
const MOST_NAMES = 100;

/** An alarm that rings. */
export interface RingingAlarm {
  readonly name: string;
  readonly since: Date;
  /** The figures, in CloudWatch's words. */
  readonly reason: string;
  /** What it means and what to do, in ours. */
  readonly description: string;
}

export interface AlarmBook {
  /** Those of some alarms that ring now. */
  ringing(names: readonly string[]): Promise<RingingAlarm[]>;
}

/** @param client @default one configured by the environment */
export function cloudWatchAlarms(client = new CloudWatchClient({})): AlarmBook {
  return {
    async ringing(names) {
      const pages = Array.from({ length: Math.ceil(names.length / MOST_NAMES) }, (_, page) =>
        names.slice(page * MOST_NAMES, (page + 1) * MOST_NAMES),
      );
      const found = await Promise.all(
        pages.map((page) =>
          client.send(new DescribeAlarmsCommand({ AlarmNames: page, StateValue: 'ALARM' })),
        ),
      );
      return found.flatMap(({ MetricAlarms = [] }) =>
        MetricAlarms.map((alarm) => ({
          name: alarm.AlarmName ?? '',
          since: alarm.StateUpdatedTimestamp ?? new Date(0),
          reason: alarm.StateReason ?? '',
          description: alarm.AlarmDescription ?? '',
        })),
      );
    },
  };
}
