/** One thing that happened to a model. */

/** Kinds of things, in the order in which those of one moment are told: causes before effects. */
export const KINDS = [
  'alarm',
  'monitor',
  'held back',
  'retraining',
  'run',
  'version',
  'gate',
  'rollout',
  'alias',
  'traffic',
] as const;

export type TimelineKind = (typeof KINDS)[number];

export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: TimelineKind;
  /** What it was, in a sentence. */
  readonly text: string;
  /** Who or what did it. */
  readonly by?: string;
  readonly version?: number;
  readonly runId?: string;
}

/** `[since, until)`; without an end, everything on that side. */
export interface Period {
  readonly since?: Date;
  readonly until?: Date;
}

/** Oldest first; of one moment causes first, and else as they were found. */
export function inOrder(entries: readonly TimelineEntry[], period: Period = {}): TimelineEntry[] {
  const since = period.since?.toISOString() ?? '';
  const until = period.until?.toISOString();
  return entries
    .filter(({ at }) => at >= since && (until === undefined || at < until))
    .toSorted((a, b) => {
      if (a.at !== b.at) return a.at < b.at ? -1 : 1;
      return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
    });
}
