/** What each version would have said on each day, in a few numbers: all that policies go by. */
import type { Columns } from '../data/columns.ts';
import type { DuckDBConnection } from '../data/duckdb.ts';
import { rowsOf } from '../data/duckdb.ts';
import type { ReferenceProfile } from '../data/profile.ts';
import { readColumns } from '../data/read.ts';
import { countNumbers } from '../data/sketch.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { driftOf, reachOf } from '../monitor/drift.ts';
import type { LabelledRows } from '../monitor/labelled/influence.ts';
import { type Measured, measuredOf } from '../monitor/labelled/judge.ts';
import { sketchEdgesOf } from '../monitor/summary.ts';
import { summaryOf } from '../monitor/summary-of.ts';
import type { ModelSession } from '../onnx/session.ts';
import { predictAll } from '../pipeline/predict-all.ts';
import { likeliestClass } from '../train/metrics/classes.ts';

export interface BacktestVersion {
  readonly version: number;
  readonly profile: ReferenceProfile;
  /** End of the data that it had seen: from then on it could have served. */
  readonly from: Date;
  readonly session: Pick<ModelSession, 'signature' | 'run'>;
  /** vCPU-seconds that making it took. */
  readonly vcpuSeconds: number;
}

export interface DayOfVersion {
  readonly rows: number;
  /** Absent where the metric is undefined for the day's labels. */
  readonly performance?: Measured;
  /** Deciding effect over its threshold of the farthest feature, and of predictions. */
  readonly drift: number;
  readonly predictionDrift: number;
}

export interface Day {
  /** Midnight, UTC. */
  readonly at: Date;
  readonly byVersion: ReadonlyMap<number, DayOfVersion>;
}

const DAY_MS = 86_400_000;

/**
 * Scores each day of the table `rows` by every version whose data ended before it, and keeps
 * what a day's monitor would have found. O(rows × versions)
 */
export async function readDays(
  connection: DuckDBConnection,
  definition: ModelDefinition,
  versions: readonly BacktestVersion[],
  report: (line: string) => void = () => {},
): Promise<Day[]> {
  const found = await rowsOf(
    connection,
    `select distinct floor(_time / ${DAY_MS})::double as day from rows order by 1`,
  );
  const days: Day[] = [];
  for (const { day } of found) {
    const start = Number(day) * DAY_MS;
    const able = versions.filter(({ from }) => from.getTime() <= start);
    if (able.length === 0) continue;
    const { columns } = await readColumns(connection, {
      features: definition.features,
      from: `(select * from rows where _time >= ${start} and _time < ${start + DAY_MS})`,
      target: '_target',
    });
    const byVersion = new Map<number, DayOfVersion>();
    for (const one of able) byVersion.set(one.version, await dayOf(definition, one, columns));
    days.push({ at: new Date(start), byVersion });
    report(`${new Date(start).toISOString().slice(0, 10)}: ${able.length} versions`);
  }
  return days;
}

async function dayOf(
  definition: ModelDefinition,
  { session, profile }: BacktestVersion,
  columns: Columns,
): Promise<DayOfVersion> {
  const outputs = await predictAll(session, columns);
  const rows = labelledOf(definition, columns, outputs);
  const counter = countNumbers(sketchEdgesOf(profile.predictions));
  counter.add(rows.outputs);
  const windowed = { ...definition, monitors: { ...definition.monitors, windowHours: 24 } };
  const drift = driftOf(summaryOf(columns, definition, profile), windowed, profile, {
    current: counter.counted(),
    reference: profile.predictions,
  });
  const judged = drift.features.filter(({ notJudged }) => notJudged === undefined);
  const performance = measuredOf(definition.monitors.performance.metric, rows);
  return {
    rows: columns.rows,
    ...(performance && { performance }),
    drift: Math.max(0, ...judged.map(reachOf)),
    predictionDrift: drift.predictions ? reachOf(drift.predictions) : 0,
  };
}

function labelledOf(
  { target }: ModelDefinition,
  { target: labels }: Columns,
  outputs: Float64Array,
): LabelledRows {
  const { kind } = target;
  if (kind === 'multiclass') {
    const classes = outputs.length / labels.length;
    const decisions = labels.map((_, row) => likeliestClass(labels, outputs, row));
    const chances = decisions.map((place, row) => outputs[row * classes + place]!);
    return { kind, labels, outputs: chances, decisions };
  }
  const decisions =
    kind === 'binary' ? outputs.map((output) => Number(output >= target.threshold)) : outputs;
  return { kind, labels, outputs, decisions };
}
