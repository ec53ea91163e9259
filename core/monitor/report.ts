/** What the monitors find of one window. */
import type { ReferenceProfile } from '../data/profile.ts';
import type { CountedNumbers } from '../data/sketch.ts';
import type { CompleteMonitors } from '../model/monitors.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { type Drift, driftOf, reachOf } from './drift.ts';
import { type Estimated, estimateOf, type Unlabelled } from './estimate.ts';
import type { History } from './history.ts';
import { performanceOf, type Performance } from './performance.ts';
import type { NewestLabelled } from './labelled/newest.ts';
import { type FeatureQuality, qualityOfFeatures, type Unreadable } from './quality.ts';
import { type Moments, type Staleness, stalenessOf, type Traffic, trafficOf } from './staleness.ts';
import type { Summary } from './summary.ts';
import { type Check, checkEstimate, doubtsOf, toleratedLoss } from './trust.ts';
import { type Verdict, verdictsOf } from './verdicts.ts';
import { type Volume, volumeOf } from './volume.ts';
import type { Window, WindowCounts } from './window.ts';

/** The champion's expected performance on the window itself. */
export interface EstimatedPerformance extends Estimated {
  readonly limit: number | null;
  /** How far even the good end of the interval is beyond the limit. */
  readonly shortfall: number | null;
  /** Why it is not to be believed; nothing where it is. */
  readonly doubts: readonly string[];
  /** The newest estimate that labels could check. */
  readonly check?: Check;
}

export interface MonitorReport {
  readonly model: string;
  /** The champion, whose reference profile everything is compared with. */
  readonly version: number;
  /** `[from, to)`, ISO 8601, UTC. */
  readonly window: { readonly from: string; readonly to: string };
  /** Rows that were answered, each once. */
  readonly rows: number;
  /** Predictions of the version whose label is in, of the window that is judged. */
  readonly labelledRows: number;
  /** Why quality and drift have no verdict, where they have none. */
  readonly notJudged?: string;
  readonly counts: WindowCounts;
  readonly volume: Volume;
  readonly quality: readonly FeatureQuality[];
  /** The feature that moved farthest first. */
  readonly drift: readonly Drift[];
  /** Of the version's own predictions; absent where it made none. */
  readonly predictionDrift?: Drift;
  readonly performance: Performance;
  readonly estimate?: EstimatedPerformance;
  readonly staleness: Staleness;
  readonly traffic: Traffic;
  /** One a monitor. */
  readonly verdicts: readonly Verdict[];
  /** What somebody should look at, in sentences. */
  readonly findings: readonly string[];
}

export interface MonitorInput {
  readonly definition: Pick<
    ModelDefinition,
    'name' | 'features' | 'derived' | 'target' | 'monitors'
  >;
  readonly version: number;
  /** Absent for a version that was trained elsewhere. */
  readonly profile: ReferenceProfile | undefined;
  readonly window: Window;
  readonly counts: WindowCounts;
  readonly summary: Summary;
  readonly unreadable: Unreadable;
  /** The version's own predictions, over the edges of the profile. */
  readonly predictions: CountedNumbers | undefined;
  readonly unlabelled: Unlabelled;
  readonly newest: NewestLabelled;
  readonly history: History;
  readonly moments: Moments;
}

export function reportOn(input: MonitorInput): MonitorReport {
  const { definition, version, profile, window, counts, summary } = input;
  const { monitors } = definition;
  const quality = qualityOfFeatures(summary, definition.features, profile, input.unreadable);
  const drift = driftIn(input);
  const performance = performanceOf({
    monitors,
    reference: profile?.metrics ?? {},
    ...input.newest,
  });
  const estimate = estimateIn(input, performance, quality);
  const report = {
    model: definition.name,
    version,
    window: { from: window.from.toISOString(), to: window.to.toISOString() },
    rows: summary.rows,
    labelledRows: performance.labels,
    ...(summary.rows < monitors.minimumRows && { notJudged: tooFew(summary.rows, monitors) }),
    counts,
    volume: volumeOf(summary.rows, window.to, input.history.sameHour),
    quality,
    drift: drift.features,
    ...(drift.predictions && { predictionDrift: drift.predictions }),
    performance,
    ...(estimate && { estimate }),
    staleness: stalenessOf(input.moments, monitors.staleness),
    traffic: trafficOf(counts),
  };
  const verdicts = verdictsOf(report, monitors, profile !== undefined);
  const findings = verdicts.flatMap(({ state, findings: found }) => (state === 'bad' ? found : []));
  return { ...report, verdicts, findings };
}

function tooFew(rows: number, { minimumRows, windowHours }: CompleteMonitors): string {
  const told = `there are ${rows} rows, and ${minimumRows} are needed`;
  if (rows === 0) return told;
  const days = Math.ceil((windowHours * minimumRows) / rows / 24);
  return `${told}; if that is usual, declare monitors.windowHours of ${24 * days}`;
}

function driftIn({
  definition,
  profile,
  summary,
  predictions,
}: MonitorInput): ReturnType<typeof driftOf> {
  if (profile === undefined) return { features: [] };
  return driftOf(
    summary,
    definition,
    profile,
    predictions && { current: predictions, reference: profile.predictions },
  );
}

function estimateIn(
  { definition, profile, unlabelled, newest }: MonitorInput,
  performance: Performance,
  quality: readonly FeatureQuality[],
): EstimatedPerformance | undefined {
  const { metric, limit, reference, measured, notJudged } = performance;
  const estimated = estimateOf(metric, unlabelled, profile?.calibration);
  if (estimated === undefined) return undefined;
  const before = estimateOf(metric, newest.labelled.rows, profile?.calibration);
  const check =
    before && measured && notJudged === undefined
      ? checkEstimate(before, measured, toleratedLoss(metric, reference, limit))
      : undefined;
  const { maximumUnseenShare, maximumMissingShare } = definition.monitors.quality;
  const isHigher = estimated.metric === 'auc' || estimated.metric === 'accuracy';
  const shortfall =
    limit === null ? null : isHigher ? limit - estimated.high : estimated.low - limit;
  return {
    ...estimated,
    limit,
    shortfall,
    doubts: doubtsOf({
      check,
      unseenShare: worst(quality.map(({ unseenShare }) => unseenShare)),
      maximumUnseenShare,
      missingShare: worst(quality.map(({ missingShare }) => missingShare)),
      maximumMissingShare,
    }),
    ...(check && { check }),
  };
}

/** The farthest reach among what is judged: above 1, something drifted. */
export function maximumDriftOf({ drift }: Pick<MonitorReport, 'drift'>): number {
  return worst(drift.flatMap((one) => (one.notJudged === undefined ? [reachOf(one)] : [])));
}

/** Largest of some shares; 0 where there are none. */
export function worst(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
