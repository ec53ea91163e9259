/** Metric data queries: metrics and expressions over a span of time. */
import { parseExpression } from './expression.ts';
import { asSeries, evaluateExpression, type MathScope, type Series } from './metric-math.ts';
import type { MetricIdentity, MetricStore } from './metric-store.ts';
import { statisticOf } from './statistics.ts';

interface MetricStat {
  readonly metric: MetricIdentity;
  readonly statistic: string;
  readonly periodSeconds: number;
}

/** One metric or expression under the name that other expressions know it by. */
export interface Query {
  readonly id: string;
  readonly stat?: MetricStat | undefined;
  readonly expression?: string | undefined;
  readonly label?: string | undefined;
  /** Whether its values are the answer, or only serve an expression. */
  readonly returnData: boolean;
}

/** Statistics of one metric: values by the start of their period, counted from `start` in ms. */
function readSeries(
  store: Pick<MetricStore, 'read'>,
  { metric, statistic, periodSeconds }: MetricStat,
  start: number,
  end: number,
): Series {
  const series = new Map<number, number>();
  for (const time of periodStarts(start, end, periodSeconds)) {
    const bucket = store.read(metric, time, time + periodSeconds * 1000);
    if (bucket) series.set(time, statisticOf(bucket, statistic));
  }
  return series;
}

export function periodStarts(start: number, end: number, periodSeconds: number): number[] {
  const count = Math.max(0, Math.ceil((end - start) / (periodSeconds * 1000)));
  return Array.from({ length: count }, (_, index) => start + index * periodSeconds * 1000);
}

/** The period of the queries' metrics; expressions are worked out in the longest of them. */
export function periodOf(queries: readonly Query[]): number {
  return Math.max(60, ...queries.map(({ stat }) => stat?.periodSeconds ?? 0));
}

/**
 * Works out queries over [start, end), epoch milliseconds. Expressions may name each other in any
 * order.
 *
 * @throws {ExpressionError} for an expression that is wrong, or names itself
 */
export function runQueries(
  store: Pick<MetricStore, 'read'>,
  queries: readonly Query[],
  start: number,
  end: number,
): ReadonlyMap<string, Series> {
  const periodSeconds = periodOf(queries);
  const series = new Map<string, Series>();
  for (const { id, stat } of queries) {
    if (stat) series.set(id, readSeries(store, stat, start, end));
  }
  const scope: MathScope = {
    series,
    metricIds: queries.filter(({ stat }) => stat).map(({ id }) => id),
    times: periodStarts(start, end, periodSeconds),
    periodSeconds,
  };
  let waiting = queries
    .filter(({ expression }) => expression !== undefined)
    .map(({ id, expression = '' }) => ({
      id,
      expression: parseExpression(expression),
      text: expression,
    }));
  const idsOf = (list: typeof waiting): string[] => list.map(({ id }) => id);
  while (waiting.length > 0) {
    const unknown = new Set(idsOf(waiting));
    const ready = waiting.filter(({ text }) => !namesIn(text).some((name) => unknown.has(name)));
    // A circle has no start; evaluating it anyway names what is missing.
    for (const { id, expression } of ready.length > 0 ? ready : waiting) {
      series.set(id, asSeries(evaluateExpression(expression, scope), scope));
    }
    waiting = waiting.filter(({ id }) => !series.has(id));
  }
  return series;
}

function namesIn(expression: string): string[] {
  return expression.match(/[a-z]\w*/g) ?? [];
}
