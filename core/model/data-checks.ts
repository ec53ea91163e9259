/** What is checked of the data before a model may learn from it, and how serious a finding is. */

/** An error stops the run before any training; a warning is only written down. */
export type Severity = 'error' | 'warning' | 'off';

interface Check {
  readonly severity?: Severity;
}

interface ShareCheck extends Check {
  /** Largest share of rows that may be so. */
  readonly maximumShare?: number;
}

export interface DataChecks {
  /**
   * Values read as what the declaration says. A warning treats those that do not as missing; a
   * column that is not there at all is an error always.
   *
   * @default 'error'
   */
  readonly schema?: Check;
  /** Empty values, by feature. @default 'warning' above 0.5 */
  readonly missing?: ShareCheck;
  /** Numbers outside of their feature's minimum and maximum. @default 'warning' above 0.01 */
  readonly ranges?: ShareCheck;
  /** Categories that are not among their feature's values. @default 'error' above 0 */
  readonly allowedValues?: ShareCheck;
  /** Rows that are there more than once: same time, features and target. @default 'warning' above 0.05 */
  readonly duplicates?: ShareCheck;
  /**
   * A feature that alone tells the target too well. Measured by the area under the ROC curve for a
   * binary target, its mean over classes for several, and the correlation for a number, of
   * predicting by the mean target of the feature's value or bin, on rows that the means were not
   * taken from.
   *
   * @default 'error' above 0.99
   */
  readonly leakage?: Check & { readonly limit?: number };
  /**
   * Training rows that know of the holdout's time: another timestamp feature reaches into it.
   *
   * @default 'warning' above 0
   */
  readonly overlap?: ShareCheck;
}

export type CompleteChecks = {
  readonly [Name in keyof DataChecks]-?: Required<NonNullable<DataChecks[Name]>>;
};

export const DEFAULT_CHECKS: CompleteChecks = {
  schema: { severity: 'error' },
  missing: { severity: 'warning', maximumShare: 0.5 },
  ranges: { severity: 'warning', maximumShare: 0.01 },
  allowedValues: { severity: 'error', maximumShare: 0 },
  duplicates: { severity: 'warning', maximumShare: 0.05 },
  leakage: { severity: 'error', limit: 0.99 },
  overlap: { severity: 'warning', maximumShare: 0 },
};

export function completeChecks(declared: DataChecks = {}): CompleteChecks {
  return {
    schema: { ...DEFAULT_CHECKS.schema, ...declared.schema },
    missing: { ...DEFAULT_CHECKS.missing, ...declared.missing },
    ranges: { ...DEFAULT_CHECKS.ranges, ...declared.ranges },
    allowedValues: { ...DEFAULT_CHECKS.allowedValues, ...declared.allowedValues },
    duplicates: { ...DEFAULT_CHECKS.duplicates, ...declared.duplicates },
    leakage: { ...DEFAULT_CHECKS.leakage, ...declared.leakage },
    overlap: { ...DEFAULT_CHECKS.overlap, ...declared.overlap },
  };
}

/** What is wrong with declared checks, in sentences. */
export function problemsOfChecks(declared: DataChecks = {}): string[] {
  const bounds: readonly (readonly [string, number | undefined])[] = [
    ['missing.maximumShare', declared.missing?.maximumShare],
    ['ranges.maximumShare', declared.ranges?.maximumShare],
    ['allowedValues.maximumShare', declared.allowedValues?.maximumShare],
    ['duplicates.maximumShare', declared.duplicates?.maximumShare],
    ['leakage.limit', declared.leakage?.limit],
    ['overlap.maximumShare', declared.overlap?.maximumShare],
  ];
  return bounds.flatMap(([where, value]) =>
    value === undefined || (value >= 0 && value <= 1)
      ? []
      : [`checks.${where} ${value} must be from 0 to 1`],
  );
}
