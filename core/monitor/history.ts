/** What earlier windows found, in few words each: for what is usual, and for lines over time. */
import { ObjectNotFoundError, type ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import type { QualityMetric } from '../model/definition.ts';

/** A report in a few hundred bytes; it lies beside the report as `summary.json`. */
export interface WindowSummary {
  /** End of the window. ISO 8601, UTC. */
  readonly asOf: string;
  readonly version: number;
  /** Predictions that were given. */
  readonly rows: number;
  /** Deciding effect over its threshold, by feature that was judged. */
  readonly drift: Readonly<Record<string, number>>;
  readonly predictionDrift?: number;
  readonly performance?: {
    readonly metric: QualityMetric;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly limit: number | null;
    /** End of the window that was judged, whose labels may have taken long. */
    readonly to: string;
    /** Of the same rows, before their labels were there. */
    readonly estimated?: number;
  };
  /** Of the window itself. */
  readonly estimated?: number;
  /** Monitors that were bad. */
  readonly bad: readonly string[];
}

/** '2001-05-04T000000Z-24h': the window's end and length. */
export function reportName(asOf: Date, hours: number): string {
  return `${asOf.toISOString().slice(0, 19).replaceAll(':', '')}Z-${hours}h`;
}

export function summaryKey(model: string, asOf: Date, hours: number): string {
  return `${layout.report(model, reportName(asOf, hours))}summary.json`;
}

/** Windows on a line over time, at most. */
const WINDOWS = 60;

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;

export interface History {
  /** Windows that follow each other without overlap up to the current one, oldest first. */
  readonly line: readonly WindowSummary[];
  /** Those of the same hour and weekday in the weeks before, and of the hours beside. */
  readonly sameHour: readonly WindowSummary[];
}

/** Reads the summaries of earlier windows of the same length; those that are not there are left out. */
export async function readHistory(
  objects: ObjectStore,
  model: string,
  { asOf, hours }: { readonly asOf: Date; readonly hours: number },
): Promise<History> {
  const line = Array.from({ length: WINDOWS }, (_, at) => (WINDOWS - at) * hours);
  const sameHour = [1, 2, 3, 4].flatMap((week) => {
    const back = week * Math.max(WEEK_HOURS, hours);
    // When clocks change, what came at eight comes at seven or nine.
    return hours < 24 ? [back - 1, back, back + 1] : [back];
  });
  const known = await keysOf(objects, model, asOf, Math.max(...line, ...sameHour));
  const read = async (backs: readonly number[]): Promise<WindowSummary[]> => {
    const keys = backs
      .map((back) => summaryKey(model, new Date(asOf.getTime() - back * HOUR_MS), hours))
      .filter((key) => known.has(key));
    const found = await Promise.all(keys.map((key) => readSummary(objects, key)));
    return found.filter((one) => one !== undefined);
  };
  return { line: await read(line), sameHour: await read(sameHour) };
}

/** Listed by month: asked for one by one, what is not there is 'not allowed' for a small role. */
async function keysOf(
  objects: ObjectStore,
  model: string,
  asOf: Date,
  hours: number,
): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const month of monthsUntil(asOf, hours)) {
    for (const { key } of await objects.list(layout.reports(model) + month)) keys.add(key);
  }
  return keys;
}

/** '2001-04', '2001-05': the months that some hours before a moment touch. */
function monthsUntil(asOf: Date, hours: number): string[] {
  const first = new Date(asOf.getTime() - hours * HOUR_MS);
  return Array.from({ length: monthOf(asOf) - monthOf(first) + 1 }, (_, later) =>
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + later, 1))
      .toISOString()
      .slice(0, 7),
  );
}

async function readSummary(objects: ObjectStore, key: string): Promise<WindowSummary | undefined> {
  try {
    // Written by the monitor itself.
    const summary: WindowSummary = JSON.parse(new TextDecoder().decode(await objects.get(key)));
    return summary;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

function monthOf(at: Date): number {
  return at.getUTCFullYear() * 12 + at.getUTCMonth();
}
