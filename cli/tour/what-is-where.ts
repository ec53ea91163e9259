import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { shippedRows } from '../actions/shipped.ts';
import { outputOf } from '../target.ts';
import { EVERY, LIVE, type TourContext } from './context.ts';
import { featuresOf } from './features-of.ts';

/** Where everything is, with commands that work when pasted into another terminal. */
export async function whatIsWhere(
  { target, model }: TourContext,
  endpoint: string,
): Promise<string> {
  const [row = {}] = await shippedRows(model, LIVE, EVERY);
  const event = JSON.stringify(featuresOf(model, row));
  const url = target.output(outputOf(model.name, 'Url'));
  const aws = `AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --endpoint-url ${endpoint} --region us-east-1`;
  const events = target.output(outputOf(model.name, 'EventsStream'));
  const bucket = target.output('BucketName');
  return `
  Up. Everything runs on this machine and is kept in .tidemill/; Ctrl-C stops it.

  Predict:
    curl -s ${url}predict -H 'content-type: application/json' -d '${event}'

  Push an event (predictions come out on ${target.output(outputOf(model.name, 'PredictionsStream'))}):
    echo '${event}' | ${aws} kinesis put-record --stream-name ${events} --partition-key ${String(row[model.serving.entity ?? ''] ?? 'a')} --data fileb:///dev/stdin

  See what is kept:
    ${aws} s3 ls --recursive s3://${bucket}/reports/

  Alarms:      ${await alarmStates()}
  Dashboard:   ${endpoint}/
  Commands:    npx tidemill --help
`;
}

async function alarmStates(): Promise<string> {
  const { MetricAlarms = [] } = await new CloudWatchClient().send(new DescribeAlarmsCommand());
  const ringing = MetricAlarms.filter(({ StateValue }) => StateValue === 'ALARM');
  if (ringing.length === 0) return `${MetricAlarms.length}, none ringing`;
  return `${MetricAlarms.length}, ringing: ${ringing.map(({ AlarmName }) => AlarmName).join(', ')}`;
}
