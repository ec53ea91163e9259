/** How long what was written down about single predictions is kept. */

export interface Retention {
  /** Predictions, of batches too, and labels. @default 400, so that a month can be held against the same one of last year */
  readonly recordsDays?: number;
  /** Events that could not be answered. @default 30 */
  readonly quarantineDays?: number;
}

export function completeRetention(retention: Retention = {}): Required<Retention> {
  return { recordsDays: 400, quarantineDays: 30, ...retention };
}

/** Says what is wrong with a declared retention. */
export function problemsOfRetention(retention: Retention = {}): string[] {
  return Object.entries(retention)
    .filter(([, days]: [string, unknown]) => !Number.isInteger(days) || Number(days) < 1)
    .map(([name, days]) => `retention.${name} is ${days}; write whole days, at least 1`);
}
