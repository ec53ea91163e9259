/** The numbers of a report that CloudWatch keeps; each costs something a month, so they are few. */
import { reachOf } from './drift.ts';
import { brokenShareOf } from './quality.ts';
import { maximumDriftOf, type MonitorReport, worst } from './report.ts';

export interface MetricValue {
  readonly value: number;
  readonly unit: 'Count' | 'NoUnit';
}

/**
 * Drift is published over its threshold, so that above 1 something drifted whatever the method. A
 * window that is too small to be judged publishes its size and nothing that could alarm.
 *
 * @param judgedBefore end of the labelled window that the monitor before judged: where labels stay
 * away, the same one would count as one bad window more each time
 */
export function metricsOf(
  report: MonitorReport,
  judgedBefore?: string,
): Record<string, MetricValue> {
  const { rows, labelledRows, notJudged, performance } = report;
  const isNew = performance.coverage.at(-1)?.to !== judgedBefore;
  const numbers = {
    ...(notJudged === undefined && ofRows(report)),
    ...ofVolume(report),
    ...(isNew && ofPerformance(report)),
    ...ofEstimate(report),
    ...ofStaleness(report),
  };
  return {
    CurrentRows: { value: rows, unit: 'Count' },
    LabelledRows: { value: labelledRows, unit: 'Count' },
    ...Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, { value, unit: 'NoUnit' as const }]),
    ),
  };
}

function ofRows(report: MonitorReport): Record<string, number> {
  const { quality, predictionDrift, verdicts, counts, rows } = report;
  const judged = verdicts.find(({ monitor }) => monitor === 'prediction-drift');
  const records = rows + counts.shadow + counts.duplicates;
  return {
    UnreadableShare: Math.max(brokenShareOf(report), ...quality.map((of) => of.unreadableShare)),
    MissingShare: worst(quality.map(({ missingShare }) => missingShare)),
    OutOfRangeShare: worst(quality.map(({ outOfRangeShare }) => outOfRangeShare)),
    UnseenShare: worst(quality.map(({ unseenShare }) => unseenShare)),
    DuplicateShare: records === 0 ? 0 : counts.duplicates / records,
    MaximumDrift: maximumDriftOf(report),
    ...(predictionDrift &&
      judged?.state !== 'not judged' && { PredictionDrift: reachOf(predictionDrift) }),
  };
}

/** The fewer rows, the more is wrong: volume is judged in a window that is too small for the rest. */
function ofVolume({ volume: { change } }: MonitorReport): Record<string, number> {
  return change === null ? {} : { VolumeChange: Math.abs(change) };
}

function ofPerformance({ performance }: MonitorReport): Record<string, number> {
  const { measured, shortfall } = performance;
  if (measured === undefined || shortfall === null) return {};
  return { Performance: measured.value, PerformanceShortfall: shortfall };
}

/** One that is not to be believed is a thing of the report alone. */
function ofEstimate({ estimate, notJudged }: MonitorReport): Record<string, number> {
  if (estimate?.doubts.length !== 0 || notJudged !== undefined) return {};
  const { value, shortfall } = estimate;
  return {
    EstimatedPerformance: value,
    ...(shortfall !== null && { EstimatedShortfall: shortfall }),
  };
}

/** An age that nobody has set a limit to is a thing of the report alone. */
function ofStaleness({ staleness }: MonitorReport): Record<string, number> {
  const { championDays, dataHours, limits } = staleness;
  return {
    ...(championDays !== null &&
      limits.maximumChampionAgeDays !== undefined && { ChampionAge: championDays }),
    ...(dataHours !== null && limits.maximumDataAgeHours !== undefined && { DataAge: dataHours }),
  };
}
