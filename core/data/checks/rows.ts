/** What checks of rows share: where the rows are, and how a share of them is told. */
import type { ModelDefinition } from '../../model/definition.ts';
import type { DuckDBConnection } from '../duckdb.ts';
import type { CheckName, CheckResult } from './check.ts';
import type { Severity } from '../../model/definition.ts';

export type CheckedModel = Pick<
  ModelDefinition,
  'data' | 'features' | 'derived' | 'target' | 'checks'
>;

/** Looks at the table `rows`, or at the part of it that a run uses. */
export interface RowCheck {
  readonly connection: DuckDBConnection;
  readonly definition: CheckedModel;
  /** The rows, as something to select from. */
  readonly rows: string;
  readonly total: number;
}

/** How many offending values are shown. */
export const SHOWN = 3;

export interface Share {
  readonly check: CheckName;
  readonly column?: string;
  readonly severity: Severity;
  readonly maximumShare: number;
  readonly found: number;
  readonly total: number;
  /** What the found rows are: "are empty in column 'weight'". */
  readonly what: string;
  readonly examples: readonly string[];
}

/** A result about a share of rows; none if the check is off. */
export function shareResult({
  check,
  column,
  severity,
  maximumShare,
  found,
  total,
  what,
  examples,
}: Share): CheckResult[] {
  if (severity === 'off') return [];
  const measured = total > 0 ? found / total : 0;
  const shown = examples.length > 0 ? `: ${examples.join(', ')}` : '';
  return [
    {
      check,
      ...(column !== undefined && { column }),
      severity,
      passed: measured <= maximumShare,
      measured,
      limit: maximumShare,
      message:
        `${found.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} rows ` +
        `(${(measured * 100).toFixed(2)} %) ${what}${shown}`,
      examples,
    },
  ];
}

/** Values with their numbers of rows, as people read them. */
export function valuesWithRows(found: readonly Record<string, unknown>[]): string[] {
  return found.map(({ value, total }) => `'${String(value)}' (${Number(total)} rows)`);
}

export function sum(values: readonly Record<string, unknown>[]): number {
  return values.reduce((total, row) => total + Number(row['total']), 0);
}
