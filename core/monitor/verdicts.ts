/** One verdict a monitor: good, bad, or not judged and why. */
import type { CompleteMonitors } from '../model/monitors.ts';
import type { Drift } from './drift.ts';
import { brokenShareOf, type FeatureQuality } from './quality.ts';
import type { MonitorReport } from './report.ts';

export const MONITORS = [
  'schema',
  'missing',
  'out-of-range',
  'unseen',
  'duplicates',
  'volume',
  'drift',
  'prediction-drift',
  'performance',
  'estimated-performance',
  'champion-age',
  'data-age',
] as const;

export type Monitor = (typeof MONITORS)[number];

export interface Verdict {
  readonly monitor: Monitor;
  readonly state: 'good' | 'bad' | 'not judged';
  /** What was found in few words, or why nothing was. */
  readonly says: string;
  /** Of a bad one: everything that somebody should look at, in sentences. */
  readonly findings: readonly string[];
}

type Looked = Omit<MonitorReport, 'verdicts' | 'findings'>;

/** @param hasProfile whether the version has a reference to compare with */
export function verdictsOf(
  report: Looked,
  monitors: CompleteMonitors,
  hasProfile: boolean,
): Verdict[] {
  return [
    ...ofQuality(report, monitors),
    ...ofRecords(report, monitors),
    ...ofDrift(report, monitors, hasProfile),
    ofPerformance(report),
    ...ofEstimate(report),
    ...ofStaleness(report),
  ];
}

function verdict(monitor: Monitor, good: string, findings: readonly string[]): Verdict {
  const [first] = findings;
  if (first === undefined) return { monitor, state: 'good', says: good, findings: [] };
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return { monitor, state: 'bad', says: first + more, findings };
}

function unjudged(monitor: Monitor, why: string): Verdict {
  return { monitor, state: 'not judged', says: why, findings: [] };
}

type Share = 'missingShare' | 'outOfRangeShare' | 'unseenShare' | 'unreadableShare';

function ofQuality(report: Looked, monitors: CompleteMonitors): Verdict[] {
  const { quality, notJudged, counts } = report;
  const limits = monitors.quality;
  const look = (monitor: Monitor, share: Share, limit: number, what: string): Verdict => {
    if (notJudged !== undefined) return unjudged(monitor, notJudged);
    const [top] = quality.toSorted((a, b) => b[share] - a[share]);
    const findings = quality
      .filter((one) => one[share] > limit)
      .map((one) => `${one.feature}: ${sentence(one, share)} of the rows ${what}, above ${limit}`);
    const most = top === undefined ? 'no features' : `at most ${sentence(top, share)} of the rows`;
    return verdict(monitor, most, findings);
  };
  const { maximumUnreadableShare, maximumMissingShare, maximumOutOfRangeShare } = limits;
  const schema = look(
    'schema',
    'unreadableShare',
    maximumUnreadableShare,
    'have something else than was declared',
  );
  const isBroken = brokenShareOf(report) > maximumUnreadableShare;
  return [
    isBroken && schema.state !== 'not judged'
      ? verdict('schema', '', [`${counts.broken} lines are no records`, ...schema.findings])
      : schema,
    look('missing', 'missingShare', maximumMissingShare, 'have no value'),
    look('out-of-range', 'outOfRangeShare', maximumOutOfRangeShare, 'are out of range'),
    look(
      'unseen',
      'unseenShare',
      limits.maximumUnseenShare,
      'have a value that training never saw',
    ),
  ];
}

function sentence(quality: FeatureQuality, share: Share): string {
  return quality[share].toFixed(3);
}

function ofRecords(report: Looked, { quality: limits }: CompleteMonitors): Verdict[] {
  const { counts, volume, rows } = report;
  const all = rows + counts.shadow + counts.duplicates;
  const share = all === 0 ? 0 : counts.duplicates / all;
  const repeated = `${counts.duplicates} of ${all} records repeat another one`;
  const duplicates = verdict(
    'duplicates',
    repeated,
    share > limits.maximumDuplicateShare
      ? [`${repeated}, above a share of ${limits.maximumDuplicateShare}`]
      : [],
  );
  const { usual, change } = volume;
  if (usual === null || change === null) {
    return [duplicates, unjudged('volume', 'there are no earlier weeks to compare with')];
  }
  const text = `${rows} rows, and ${usual} are usual at this hour and weekday`;
  const isUnusual = Math.abs(change) > limits.maximumVolumeChange;
  return [duplicates, verdict('volume', text, isUnusual ? [`${text}: ${signed(change)}`] : [])];
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(0)} %`;
}

function ofDrift(
  report: Looked,
  { minimumRows }: CompleteMonitors,
  hasProfile: boolean,
): Verdict[] {
  const { drift, predictionDrift, notJudged } = report;
  const reason = hasProfile
    ? notJudged
    : 'the version was trained elsewhere and has no reference profile';
  if (reason !== undefined) {
    return [unjudged('drift', reason), unjudged('prediction-drift', reason)];
  }
  const judged = drift.filter((one) => one.notJudged === undefined);
  const [top] = judged;
  const features = top
    ? verdict(
        'drift',
        `farthest is ${movedBy(top)}`,
        judged.filter((one) => one.drifted).map(driftOfOne),
      )
    : unjudged('drift', 'no feature can be judged in a window of this length');
  if (predictionDrift === undefined) {
    return [
      features,
      unjudged('prediction-drift', `version ${report.version} made no predictions`),
    ];
  }
  const own = report.counts.champion;
  if (own < minimumRows) {
    const few = `there are ${own} predictions, and ${minimumRows} are needed`;
    return [features, unjudged('prediction-drift', few)];
  }
  const found = predictionDrift.drifted ? [driftOfOne(predictionDrift)] : [];
  return [features, verdict('prediction-drift', movedBy(predictionDrift), found)];
}

function movedBy({ feature, tests: [{ method, effect, threshold }] }: Drift): string {
  return `${feature}, ${method} ${effect.toFixed(3)} of ${threshold}`;
}

function driftOfOne({ feature, tests: [{ method, effect, threshold }] }: Drift): string {
  return `${feature}: drifted, ${method} ${effect.toFixed(3)} above ${threshold}`;
}

function ofPerformance({ performance }: Looked): Verdict {
  const { metric, measured, limit, labels, notJudged, good, overBaseline } = performance;
  if (notJudged !== undefined || measured === undefined || limit === null) {
    return unjudged('performance', notJudged ?? 'nothing was measured');
  }
  const { value, low, high } = measured;
  const text = `${metric} is ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}) on ${labels} labels`;
  if (good) return verdict('performance', `${text}, limit ${limit.toFixed(4)}`, []);
  const isTrivial = overBaseline !== undefined && overBaseline.high < 0;
  const worse = isTrivial
    ? `worse than the baseline model's ${overBaseline.champion.toFixed(4)}`
    : `worse than ${limit.toFixed(4)}`;
  return verdict('performance', '', [`${text}, ${worse}`]);
}

function ofEstimate({ estimate, notJudged }: Looked): Verdict[] {
  const monitor = 'estimated-performance';
  if (estimate === undefined) return [];
  if (notJudged !== undefined) return [unjudged(monitor, notJudged)];
  const { metric, value, low, high, limit, shortfall, doubts } = estimate;
  const text = `${metric} of about ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}) is expected`;
  if (doubts.length > 0) return [unjudged(monitor, `${text}, but ${doubts.join('; ')}`)];
  const isWorse = shortfall !== null && shortfall > 0 && limit !== null;
  return [verdict(monitor, text, isWorse ? [`${text}, worse than ${limit.toFixed(4)}`] : [])];
}

function ofStaleness({ staleness }: Looked): Verdict[] {
  const { championDays, trainingDataDays, dataHours, limits } = staleness;
  const learned = trainingDataDays === null ? '' : `, its data ends ${trainingDataDays} days ago`;
  return [
    ofAge(
      'champion-age',
      `champion for ${championDays} days${learned}`,
      championDays,
      limits.maximumChampionAgeDays,
    ),
    ofAge(
      'data-age',
      `the newest partition ended ${dataHours} hours ago`,
      dataHours,
      limits.maximumDataAgeHours,
    ),
  ];
}

function ofAge(monitor: Monitor, text: string, age: number | null, limit?: number): Verdict {
  if (age === null) return unjudged(monitor, 'not known');
  const isOld = limit !== undefined && age > limit;
  return verdict(monitor, text, isOld ? [`${text}, above ${limit}`] : []);
}
