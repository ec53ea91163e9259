/** Is the model itself well? Limits are those of its declaration. */
import {
  type Alarm,
  ComparisonOperator,
  type IAlarmAction,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { createAlarm, HOUR, type Watch } from './alarms.ts';
import { cadenceOf, within } from './cadence.ts';
import { type MetricName, quarantinedShare, tidemillMetric } from './metrics.ts';
import type { Platform } from './platform.ts';

export interface ModelAlarmsProps {
  readonly platform: Platform;
  readonly definition: ModelDefinition;
  /** Starts a training run when the model has become worse, if the declaration wants that. */
  readonly pipeline: IAlarmAction;
}

export class ModelAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, definition, pipeline }: ModelAlarmsProps) {
    super(scope, id);
    const { stream } = definition.serving;
    const watches = [
      ...quality(definition),
      ...decline(definition, pipeline),
      ...staleness(definition),
      ...(stream ? [quarantined(definition.name, stream.maximumQuarantinedShare)] : []),
    ];
    this.all = watches.map((watch) => createAlarm(this, platform, definition.name, watch));
  }
}

/** What callers send is not what the declaration says. */
function quality(definition: ModelDefinition): Watch[] {
  const limits = definition.monitors.quality;
  const share = (what: string, metricName: MetricName, limit: number, meaning: string): Watch => ({
    ...judged(definition, metricName),
    what,
    threshold: limit,
    description: `${meaning}, above ${limit}; ${REPORT}`,
  });
  return [
    share(
      'schema',
      'UnreadableShare',
      limits.maximumUnreadableShare,
      'Share of rows in which a feature is not of its declared kind, or of lines that are no records',
    ),
    share(
      'missing',
      'MissingShare',
      limits.maximumMissingShare,
      'Share of rows in which a feature is missing',
    ),
    share(
      'out-of-range',
      'OutOfRangeShare',
      limits.maximumOutOfRangeShare,
      'Share of rows in which a feature lies outside its declared range',
    ),
    share(
      'unseen',
      'UnseenShare',
      limits.maximumUnseenShare,
      'Share of rows in which a feature has a value that training never saw',
    ),
    share(
      'duplicates',
      'DuplicateShare',
      limits.maximumDuplicateShare,
      'Share of records that repeat another one',
    ),
    share(
      'volume',
      'VolumeChange',
      limits.maximumVolumeChange,
      'Share by which there are more or fewer predictions than usual at this hour and weekday',
    ),
  ];
}

/** The world has moved away from the model: rings if it goes on for as long as is declared. */
function decline(definition: ModelDefinition, train: IAlarmAction): Watch[] {
  const { monitors, retraining, schedules } = definition;
  const period = cadenceOf(schedules.monitor);
  const periods = within(monitors.sustained, period);
  const since = `in ${periods.bad} of ${periods.of} windows of ${monitors.windowHours} hours`;
  const sustained = (what: string, metricName: MetricName, threshold: number): Watch => ({
    ...judged(definition, metricName, period),
    what,
    threshold,
    periods,
    action: retraining?.on.some((alarm) => alarm === what) ? train : undefined,
    description: `${MEANING[what] ?? what} (${since}); ${REPORT}`,
  });
  return [
    sustained('drift', 'MaximumDrift', 1),
    sustained('prediction-drift', 'PredictionDrift', 1),
    sustained('performance', 'PerformanceShortfall', 0),
    ...(definition.target.kind === 'regression'
      ? []
      : [sustained('estimated-performance', 'EstimatedShortfall', 0)]),
  ];
}

const MEANING: Readonly<Record<string, string>> = {
  drift: 'A feature is farther from training than its threshold, and not by chance',
  'prediction-drift':
    'What the model answers is farther from the holdout than its threshold, and not by chance',
  performance:
    'By the labels that came in, the version is surely worse than its limit or than the baseline ' +
    'model, so train again, or roll back if the version is new',
  'estimated-performance':
    'Before labels are in, the version is expected to be worse than its limit, by an estimate that ' +
    'labels have confirmed so far',
};

/** Only where the declaration has a limit. */
function staleness(definition: ModelDefinition): Watch[] {
  const { maximumChampionAgeDays, maximumDataAgeHours } = definition.monitors.staleness;
  const old = (what: string, metricName: MetricName, limit: number | undefined, meaning: string) =>
    limit === undefined
      ? []
      : [
          {
            ...judged(definition, metricName),
            what,
            threshold: limit,
            description: `${meaning} ${limit}; ${REPORT}`,
          },
        ];
  return [
    ...old('champion-age', 'ChampionAge', maximumChampionAgeDays, 'Days as champion: more than'),
    ...old('data-age', 'DataAge', maximumDataAgeHours, 'Hours since the newest data: more than'),
  ];
}

const REPORT = 'the newest page under reports/ in the bucket says more.';

/**
 * A number of the monitoring job. A window that is too small to judge publishes none and says
 * nothing, so the state stays what the last judged window made it, until the next.
 */
function judged(
  { name: model }: ModelDefinition,
  metricName: MetricName,
  period = HOUR,
): Pick<Watch, 'metric' | 'missingData' | 'comparison'> {
  return {
    metric: tidemillMetric({
      model,
      service: 'monitor',
      metricName,
      statistic: 'Maximum',
      period,
    }),
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    missingData: TreatMissingData.IGNORE,
  };
}

function quarantined(model: string, limit: number): Watch {
  return {
    what: 'quarantined',
    metric: quarantinedShare(model, HOUR),
    threshold: limit,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    description:
      `More than ${limit} of the events cannot be answered, so a sender has changed; ` +
      `'tidemill quarantine list ${model}' says why.`,
  };
}
