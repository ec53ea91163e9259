/** What a check of the data says before a model may learn from it. */
import type { Severity } from '../../model/definition.ts';

export const CHECKS = [
  'schema',
  'missing',
  'ranges',
  'allowed-values',
  'duplicates',
  'leakage',
  'overlap',
] as const;

export type CheckName = (typeof CHECKS)[number];

export interface CheckResult {
  readonly check: CheckName;
  /** The column that it is about; absent for a check of whole rows. */
  readonly column?: string;
  /** What a failure means. */
  readonly severity: Exclude<Severity, 'off'>;
  readonly passed: boolean;
  /** What was measured, and the most that is allowed. */
  readonly measured?: number;
  readonly limit?: number;
  /** One sentence for people. */
  readonly message: string;
  /** Offending values, the most frequent or the worst first. */
  readonly examples: readonly string[];
}
