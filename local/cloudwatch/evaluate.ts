/** Whether an alarm's condition holds: a pure function of the condition, its datapoints and the time. */
import type { AlarmState, Condition } from './alarm.ts';
import type { Series } from './metric-math.ts';
import type { MetricStore } from './metric-store.ts';
import { runQueries } from './query.ts';

export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
  /** What CloudWatch gives as `StateReasonData`. */
  readonly reasonData: Readonly<Record<string, unknown>>;
}

/** A value and the start of its period in epoch milliseconds. */
type Datapoint = readonly [time: number, value: number];

export const MINUTE_MS = 60_000;
/** How much further than its evaluation periods an alarm looks for datapoints that are not missing. */
export const EXTRA_PERIODS = 2;

/** The full minute that a moment lies in, in epoch milliseconds. */
export function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
}

/** From when on a condition that is judged up to `end` looks at values; epoch milliseconds. */
export function startOf({ evaluationPeriods, periodSeconds }: Condition, end: number): number {
  return end - (evaluationPeriods + EXTRA_PERIODS) * periodSeconds * 1000;
}

/**
 * Evaluates a condition over the periods that end with the last full minute before `now`.
 *
 * @param current the state the alarm is in, which missing data may leave as it is
 * @returns undefined when the state is to stay as it is for want of data
 */
export function evaluate(
  condition: Condition,
  store: Pick<MetricStore, 'read'>,
  now: Date,
  current: AlarmState,
): Verdict | undefined {
  const end = minuteOf(now);
  const start = startOf(condition, end);
  const watched = condition.queries.find(({ returnData }) => returnData)?.id ?? '';
  const series = runQueries(store, condition.queries, start, end).get(watched) ?? new Map();
  return judge(condition, series, end, current);
}

/** Decides from the datapoints of the last periods, newest first, as the alarm documentation does. */
export function judge(
  condition: Condition,
  series: Series,
  end: number,
  current: AlarmState,
): Verdict | undefined {
  const recent = [...series].toSorted(([a], [b]) => b - a).slice(0, condition.evaluationPeriods);
  const missing = condition.evaluationPeriods - recent.length;
  const breaching = recent.filter(([, value]) => breaches(condition, value));
  const state = stateFrom(condition, recent, breaching, missing, end);
  if (state === undefined) return undefined;
  return {
    state,
    reason: reasonFor(condition, state, current, recent, breaching),
    reasonData: {
      version: '1.0',
      queryDate: new Date(end).toISOString(),
      period: condition.periodSeconds,
      recentDatapoints: recent.map(([, value]) => value).toReversed(),
      threshold: condition.threshold,
    },
  };
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
function stateFrom(
  condition: Condition,
  recent: readonly Datapoint[],
  breaching: readonly Datapoint[],
  missing: number,
  end: number,
): AlarmState | undefined {
  const needed = condition.datapointsToAlarm;
  if (breaching.length >= needed) return 'ALARM';
  if (missing === 0 || condition.missingData === 'notBreaching') return 'OK';
  if (condition.missingData === 'breaching') {
    return breaching.length + missing >= needed ? 'ALARM' : 'OK';
  }
  if (recent.length > breaching.length) return 'OK';
  if (condition.missingData === 'ignore') return undefined;
  if (recent.length === 0) return 'INSUFFICIENT_DATA';
  // All there is breaches. One early datapoint is no alarm until it is as old as the alarm needs.
  const oldest = recent.at(-1)?.[0] ?? end;
  return (end - oldest) / (condition.periodSeconds * 1000) >= needed ? 'ALARM' : undefined;
}

function breaches({ comparison, threshold }: Condition, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return comparison satisfies never;
  }
}

const COMPARED: Readonly<Record<Condition['comparison'], string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

function reasonFor(
  condition: Condition,
  state: AlarmState,
  current: AlarmState,
  recent: readonly Datapoint[],
  breaching: readonly Datapoint[],
): string {
  const missing = condition.evaluationPeriods - recent.length;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(missing, 'datapoint')} ${were(missing)} unknown.`;
  }
  if (recent.length === 0) {
    return (
      `Threshold Crossed: no datapoints were received for ${count(missing, 'period')} and ` +
      `${count(missing, 'missing datapoint')} ${were(missing)} treated as ` +
      `[${state === 'ALARM' ? 'Breaching' : 'NonBreaching'}].`
    );
  }
  const told = state === 'ALARM' ? breaching : recent.filter((point) => !breaching.includes(point));
  const shown = told.map(([time, value]) => `${decimal(value)} (${shortTime(time)})`).join(', ');
  const needed =
    state === 'ALARM'
      ? condition.datapointsToAlarm
      : condition.evaluationPeriods - condition.datapointsToAlarm + 1;
  return (
    `Threshold Crossed: ${told.length} out of the last ` +
    `${condition.evaluationPeriods} datapoints [${shown}] ${were(told.length)} ` +
    `${state === 'ALARM' ? '' : 'not '}${COMPARED[condition.comparison]} the threshold ` +
    `(${decimal(condition.threshold)}) (minimum ${count(needed, 'datapoint')} for ` +
    `${current === state ? otherThan(state) : current} -> ${state} transition).`
  );
}

function otherThan(state: AlarmState): AlarmState {
  return state === 'ALARM' ? 'OK' : 'ALARM';
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function were(number: number): string {
  return number === 1 ? 'was' : 'were';
}

/** 5 as 5.0, as CloudWatch writes it. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** For instance 24/11/26 20:00:00. */
function shortTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}
