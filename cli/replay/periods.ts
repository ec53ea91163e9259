/** Quality by month, or by week where there are few months. */
import { calibrationOf } from '../../core/monitor/labelled/calibration.ts';
import {
  METRICS_OF,
  type LabelledMetric,
  type LabelledRows,
} from '../../core/monitor/labelled/influence.ts';
import { measuredOf } from '../../core/monitor/labelled/judge.ts';
import type { Span } from './rows.ts';

export interface Quality {
  readonly value: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Expected calibration error, where outputs are probabilities. */
  readonly calibration?: number;
}

export interface PeriodOutcome {
  /** '2001-03' for a month, '2001-03-05' for the week that begins there; 'all' for the whole. */
  readonly period: string;
  readonly rows: number;
  readonly metric: LabelledMetric;
  /** Versions that answered in it. */
  readonly versions: readonly number[];
  /** Undefined where the metric is, as AUC is of one class. */
  readonly given?: Quality;
  /** Of the version first promoted, on the same rows. */
  readonly frozen?: Quality;
}

export interface Answers {
  readonly span: Span;
  /** When each row arrived, epoch milliseconds. */
  readonly time: Float64Array;
  readonly version: Float64Array;
  readonly given: LabelledRows;
  readonly frozen: LabelledRows;
}

const DAY_MS = 86_400_000;
const FEW_DAYS = 80;

/** Periods in order, and the whole behind them. */
export function measurePeriods(answers: Answers): PeriodOutcome[] {
  const { span, time } = answers;
  const nameOf = (span.to - span.from) / DAY_MS > FEW_DAYS ? monthOf : weekOf;
  const periods = new Map<string, number[]>();
  for (const [row, at] of time.entries()) {
    const name = nameOf(at);
    const known = periods.get(name);
    if (known === undefined) periods.set(name, [row]);
    else known.push(row);
  }
  const inOrder = [...periods].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [...inOrder, ['all', [...time.keys()]] as const].map(([period, rows]) =>
    measure(answers, period, rows),
  );
}

function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The Monday that the week begins with. */
function weekOf(at: number): string {
  const day = Math.floor(at / DAY_MS);
  // 1 January 1970 was a Thursday.
  const monday = day - ((day + 3) % 7);
  return new Date(monday * DAY_MS).toISOString().slice(0, 10);
}

function measure(answers: Answers, period: string, rows: readonly number[]): PeriodOutcome {
  const { given, frozen, version } = answers;
  const metric = METRICS_OF[given.kind][0] ?? 'accuracy';
  const ofGiven = qualityOf(pick(given, rows), metric);
  const ofFrozen = qualityOf(pick(frozen, rows), metric);
  return {
    period,
    rows: rows.length,
    metric,
    versions: [...new Set(rows.map((row) => version[row] ?? 0))].toSorted((a, b) => a - b),
    ...(ofGiven && { given: ofGiven }),
    ...(ofFrozen && { frozen: ofFrozen }),
  };
}

function qualityOf(rows: LabelledRows, metric: LabelledMetric): Quality | undefined {
  const measured = measuredOf(metric, rows);
  if (measured === undefined) return undefined;
  const { value, low, high } = measured;
  const calibration =
    rows.kind === 'binary' ? calibrationOf(rows.labels, rows.outputs)?.error : undefined;
  return { value, low, high, ...(calibration !== undefined && { calibration }) };
}

function pick(
  { kind, labels, outputs, decisions }: LabelledRows,
  rows: readonly number[],
): LabelledRows {
  const of = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return { kind, labels: of(labels), outputs: of(outputs), decisions: of(decisions) };
}
