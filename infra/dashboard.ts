/** One page a model: is anything wrong, how much is it used, how well does it do? */
import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { QUARANTINE_REASONS } from '../core/model/quarantine.ts';
import { HOUR } from './alarms.ts';
import { type MetricName, quarantinedShare, type Reading, tidemillMetric } from './metrics.ts';
import type { ServingParts } from './model.ts';
import type { OfModel } from './model-function.ts';
import type { Pipeline } from './pipeline.ts';

const PERIOD = Duration.minutes(5);
const WHOLE_ROW = 24;
const HALF_ROW = 12;
const HEIGHT = 6;

export interface DashboardProps extends OfModel {
  readonly definition: ModelDefinition;
  readonly parts: { readonly serving: ServingParts; readonly pipeline: Pipeline };
  readonly alarms: readonly Alarm[];
}

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { platform, model, definition, parts, alarms } = props;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: `${platform.stackName}-${model}`,
      defaultInterval: Duration.days(1),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WHOLE_ROW })],
        [traffic(model), functions(parts)],
        endpoint(model, parts.serving),
        streams(parts.serving),
        ...consuming(definition),
        [quality(definition), drift(definition)],
        [labels(model), ...performance(definition)],
        loop(definition),
      ],
    });
  }
}

function graph(title: string, left: readonly IMetric[], limit?: number): GraphWidget {
  return new GraphWidget({
    title,
    left: [...left],
    width: HALF_ROW,
    height: HEIGHT,
    ...(limit !== undefined && { leftAnnotations: [{ value: limit, label: 'limit' }] }),
  });
}

function traffic(model: string): IWidget {
  const sum = (service: Reading['service'], metricName: MetricName): IMetric =>
    tidemillMetric({
      model,
      service,
      metricName,
      statistic: 'Sum',
      period: PERIOD,
      label: `${service} ${metricName}`,
    });
  return graph('Traffic', [
    sum('predict', 'PredictedRows'),
    sum('predict', 'ValidationFailures'),
    sum('consume', 'PredictedRows'),
    sum('consume', 'QuarantinedRecords'),
    sum('score', 'PredictedRows'),
  ]);
}

function functions({ serving, pipeline }: DashboardProps['parts']): IWidget {
  const { online, consumer, archive } = serving;
  const all = [online?.predict, consumer?.consume, archive?.archive, pipeline.pipeline].filter(
    (one) => one !== undefined,
  );
  return new GraphWidget({
    title: 'Latency and errors',
    width: HALF_ROW,
    height: HEIGHT,
    left: all.map(({ purpose, function: one }) =>
      one.metricDuration({ statistic: Stats.p(99), period: PERIOD, label: `${purpose} p99` }),
    ),
    right: all.map(({ purpose, function: one }) =>
      one.metricErrors({ statistic: Stats.SUM, period: PERIOD, label: `${purpose} errors` }),
    ),
  });
}

/** What callers of the endpoint see, and who answers them. */
function endpoint(model: string, { online }: ServingParts): IWidget[] {
  if (!online) return [];
  const read = (metricName: MetricName, statistic: Reading['statistic'], label: string) =>
    tidemillMetric({ model, service: 'predict', metricName, statistic, period: PERIOD, label });
  return [
    graph(
      'Time to answer (ms)',
      (['p50', 'p90', 'p99'] as const).map((share) => read('Latency', share, share)),
    ),
    graph('Versions and variants', [
      read('ServedVersion', 'Maximum', 'newest version served'),
      read('ServedVersion', 'Minimum', 'oldest version served'),
      read('ChallengerRows', 'Sum', 'rows of the challenger'),
      read('ShadowRows', 'Sum', 'rows in the shadow'),
      read('ShadowDisagreements', 'Sum', 'decided otherwise in the shadow'),
      read('ColdStarts', 'Sum', 'cold starts'),
    ]),
  ];
}

function streams({ events, predictions, consumer, archive }: ServingParts): IWidget[] {
  const incoming = [events, predictions].filter((one) => one !== undefined);
  const readers = [consumer?.consume, archive?.archive].filter((one) => one !== undefined);
  if (incoming.length === 0) return [];
  return [
    graph(
      'Records on the streams',
      incoming.map(({ purpose, stream }) =>
        stream.metricIncomingRecords({ statistic: Stats.SUM, period: PERIOD, label: purpose }),
      ),
    ),
    graph(
      'Behind the streams',
      readers.map(({ purpose, function: one }) =>
        one.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD, label: purpose }),
      ),
    ),
  ];
}

/** How the consumer gets on with its events. */
function consuming({ name: model, serving: { stream } }: ModelDefinition): IWidget[][] {
  if (!stream) return [];
  const read = (
    metricName: MetricName,
    statistic: Reading['statistic'],
    label: string,
    reason?: string,
  ): IMetric =>
    tidemillMetric({
      model,
      service: 'consume',
      metricName,
      statistic,
      period: PERIOD,
      label,
      ...(reason !== undefined && { reason }),
    });
  return [
    [
      graph('From event to prediction (ms)', [
        read('Lag', 'p50', 'p50'),
        read('Lag', 'p99', 'p99'),
        read('Lag', 'Maximum', 'longest'),
      ]),
      graph('Batches', [
        read('BatchRecords', 'Average', 'records in a batch'),
        read('RefusedRecords', 'Sum', 'puts that were refused and tried again'),
        read('UnfinishedBatches', 'Sum', 'batches that had to come again'),
      ]),
    ],
    [
      graph(
        'Quarantine by reason',
        QUARANTINE_REASONS.map((reason) => read('QuarantinedRecords', 'Sum', reason, reason)),
      ),
      graph(
        'Share in quarantine',
        [quarantinedShare(model, PERIOD)],
        stream.maximumQuarantinedShare,
      ),
    ],
  ];
}

function monitored(model: string, metricName: MetricName): IMetric {
  return tidemillMetric({
    model,
    service: 'monitor',
    metricName,
    statistic: 'Maximum',
    period: HOUR,
    label: metricName,
  });
}

function quality({ name }: ModelDefinition): IWidget {
  const shares = [
    'UnreadableShare',
    'MissingShare',
    'OutOfRangeShare',
    'UnseenShare',
    'DuplicateShare',
  ] as const;
  return graph(
    'Quality of the features',
    shares.map((share) => monitored(name, share)),
  );
}

function drift({ name }: ModelDefinition): IWidget {
  const metrics = [monitored(name, 'MaximumDrift'), monitored(name, 'PredictionDrift')];
  return graph('Drift over its threshold', metrics, 1);
}

function labels(model: string): IWidget {
  return graph('Rows and labels in the window', [
    monitored(model, 'CurrentRows'),
    monitored(model, 'LabelledRows'),
  ]);
}

function performance({ name, monitors }: ModelDefinition): IWidget[] {
  const { metric, limit } = monitors.performance;
  return [
    graph(
      `Performance (${metric})`,
      [monitored(name, 'Performance'), monitored(name, 'EstimatedPerformance')],
      limit,
    ),
  ];
}

function loop({ name, retraining, rollout }: ModelDefinition): IWidget[] {
  if (!retraining && !rollout) return [];
  const metrics = [monitored(name, 'RetrainingStopped'), monitored(name, 'RolledBack')];
  return [graph('Retraining stopped, versions sent back', metrics)];
}
