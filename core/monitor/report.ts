/** The monitoring report: everything that was seen in one window, and what to think of it. */
import type { ReferenceProfile } from '../data/profile.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { driftOf, numberDrift, type Drift } from './drift.ts';
import { performanceOf, type Performance } from './performance.ts';
import { qualityOfFeatures, type FeatureQuality } from './quality.ts';
import type { Window, WindowRows } from './window.ts';

export interface MonitorReport {
  readonly model: string;
  /** The champion, whose reference profile everything is compared with. */
  readonly version: number;
  /** `[from, to)`, ISO 8601, UTC. */
  readonly window: { readonly from: string; readonly to: string };
  readonly rows: number;
  readonly labelledRows: number;
  /** Why quality and drift have no verdict, where they have none. */
  readonly notJudged?: string;
  readonly quality: readonly FeatureQuality[];
  /** Of the worst feature each. */
  readonly missingShare: number;
  readonly outOfRangeShare: number;
  readonly unseenShare: number;
  /** The feature that moved farthest first. */
  readonly drift: readonly Drift[];
  /** The largest statistic among features that are judged. */
  readonly maximumDrift: number;
  /** Of the champion's own predictions; absent where it made none. */
  readonly predictionDrift?: Drift;
  readonly performance?: Performance;
  /** What somebody should look at, in sentences. */
  readonly findings: readonly string[];
}

export interface MonitorInput {
  readonly definition: Pick<
    ModelDefinition,
    'name' | 'features' | 'derived' | 'target' | 'monitors'
  >;
  readonly version: number;
  readonly profile: ReferenceProfile;
  readonly window: Window;
  readonly rows: WindowRows;
}

export function reportOn(input: MonitorInput): MonitorReport {
  const { definition, version, profile, window, rows } = input;
  const { monitors } = definition;
  const quality = qualityOfFeatures(rows.columns, definition.features, profile);
  const drift = driftOf(rows.columns, definition, profile);
  const own = predictionsOf(version, rows);
  const performance = performanceOf(
    monitors.performance,
    own.labelled,
    profile.metrics,
    definition.target.kind,
  );
  const report = {
    model: definition.name,
    version,
    window: { from: window.from.toISOString(), to: window.to.toISOString() },
    rows: rows.columns.rows,
    labelledRows: own.labelled.labels.length,
    ...(rows.columns.rows < monitors.minimumRows && {
      notJudged: `there are ${rows.columns.rows} rows, and ${monitors.minimumRows} are needed`,
    }),
    quality,
    missingShare: worst(quality.map(({ missingShare }) => missingShare)),
    outOfRangeShare: worst(quality.map(({ outOfRangeShare }) => outOfRangeShare)),
    unseenShare: worst(quality.map(({ unseenShare }) => unseenShare)),
    drift,
    maximumDrift: worst(
      drift.flatMap(({ notJudged, statistic }) => (notJudged === undefined ? [statistic] : [])),
    ),
    ...(own.outputs.length > 0 && {
      predictionDrift: numberDrift(
        'prediction',
        profile.predictions,
        own.outputs,
        monitors.drift.thresholds.psi,
      ),
    }),
    ...(performance && { performance }),
  };
  return { ...report, findings: findingsOf(report, monitors) };
}

/** Another version's predictions say nothing about this one. */
function predictionsOf(
  version: number,
  rows: WindowRows,
): {
  outputs: Float64Array;
  labelled: { labels: Float64Array; outputs: Float64Array };
} {
  const isOwn = (row: number): boolean => rows.version[row] === version;
  const isLabelled = (row: number): boolean => isOwn(row) && !Number.isNaN(rows.label[row]);
  return {
    outputs: rows.output.filter((_, row) => isOwn(row)),
    labelled: {
      labels: rows.label.filter((_, row) => isLabelled(row)),
      outputs: rows.output.filter((_, row) => isLabelled(row)),
    },
  };
}

function findingsOf(
  report: Omit<MonitorReport, 'findings'>,
  { quality: limits }: ModelDefinition['monitors'],
): string[] {
  const findings: string[] = [];
  const above = (feature: string, what: string, share: number, limit: number): void => {
    if (share > limit) {
      findings.push(`${feature}: ${share.toFixed(3)} of the rows ${what}, above ${limit}`);
    }
  };
  if (report.notJudged === undefined) {
    for (const { feature, missingShare, outOfRangeShare, unseenShare } of report.quality) {
      above(feature, 'have no value', missingShare, limits.maximumMissingShare);
      above(feature, 'are out of range', outOfRangeShare, limits.maximumOutOfRangeShare);
      above(
        feature,
        'have a value that training never saw',
        unseenShare,
        limits.maximumUnseenShare,
      );
    }
    for (const { feature, drifted, statistic, threshold } of [
      ...report.drift,
      ...(report.predictionDrift ? [report.predictionDrift] : []),
    ]) {
      if (drifted)
        findings.push(`${feature}: drifted, PSI ${statistic.toFixed(3)} above ${threshold}`);
    }
  }
  const { performance } = report;
  if (performance?.good === false) {
    const { metric, value, limit, labels } = performance;
    findings.push(`${metric} is ${value?.toFixed(4)} on ${labels} labels, worse than ${limit}`);
  }
  return findings;
}

function worst(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
