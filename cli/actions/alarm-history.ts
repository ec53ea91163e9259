/** What CloudWatch remembers of a model's alarms: AWS for two weeks, the laptop for good. */
import { CloudWatchClient, paginateDescribeAlarmHistory } from '@aws-sdk/client-cloudwatch';
import type { Period } from '../../core/timeline/entry.ts';
import type { AlarmTransition } from '../../core/timeline/timeline.ts';
import type { Target } from '../target.ts';

/** Every change of state of the model's alarms in a period, in no order. */
export async function alarmHistory(
  { stack }: Pick<Target, 'stack'>,
  model: string,
  { since, until }: Period,
): Promise<AlarmTransition[]> {
  const prefix = `${stack}-${model}-`;
  const found: AlarmTransition[] = [];
  const pages = paginateDescribeAlarmHistory(
    { client: new CloudWatchClient() },
    {
      HistoryItemType: 'StateUpdate',
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
      ...(since && { StartDate: since }),
      ...(until && { EndDate: until }),
    },
  );
  for await (const { AlarmHistoryItems = [] } of pages) {
    for (const { AlarmName = '', Timestamp, HistorySummary = '' } of AlarmHistoryItems) {
      if (!AlarmName.startsWith(prefix) || Timestamp === undefined) continue;
      // That a new alarm has found its first data is no news.
      if (!HistorySummary.includes('ALARM')) continue;
      found.push({
        at: Timestamp,
        alarm: AlarmName.slice(prefix.length),
        summary: HistorySummary.replace(/^Alarm updated /, ''),
      });
    }
  }
  return found;
}
