/** All checks of the rows that a run would learn from and be judged by. */
import { rowOf, type DuckDBConnection } from '../duckdb.ts';
import type { SplitTimes } from '../split.ts';
import { checkAllowedValues } from './allowed-values.ts';
import type { CheckResult } from './check.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkMissing } from './missing.ts';
import { checkOverlap } from './overlap.ts';
import { checkRanges } from './ranges.ts';
import type { CheckedModel, RowCheck } from './rows.ts';

/** Checks the table `rows`, as far as it is within the split. */
export async function runChecks(
  connection: DuckDBConnection,
  definition: CheckedModel,
  { trainingFrom, holdoutFrom, to }: SplitTimes,
): Promise<CheckResult[]> {
  const rows = `(select * from rows where _time >= ${trainingFrom.getTime()} and _time < ${to.getTime()})`;
  const { total } = await rowOf(connection, `select count(*)::double as total from ${rows}`);
  const check: RowCheck = { connection, definition, rows, total: Number(total) };
  return [
    ...(await checkMissing(check)),
    ...(await checkRanges(check)),
    ...(await checkAllowedValues(check)),
    ...(await checkDuplicates(check)),
    ...(await checkOverlap(check, holdoutFrom)),
  ];
}

/** What did not read as declared, where that is no error. */
export function unreadableResults(
  unreadable: readonly string[],
  { checks }: Pick<CheckedModel, 'checks'>,
): CheckResult[] {
  const { severity } = checks.schema;
  if (severity === 'off') return [];
  if (unreadable.length === 0) {
    const message = 'every value reads as the declaration says';
    return [{ check: 'schema', severity, passed: true, message, examples: [] }];
  }
  return unreadable.map((message) => ({
    check: 'schema',
    severity,
    passed: false,
    message,
    examples: [],
  }));
}

/** Those that stop a run. */
export function errorsOf(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ passed, severity }) => !passed && severity === 'error');
}

/** One sentence a failed check, for the message that stops a run. */
export function told(errors: readonly CheckResult[]): string {
  const lines = errors.map(({ check, message }) => `${check}: ${message}`);
  return `${lines.join('; ')}. Correct the data, or change 'checks' in the declaration`;
}
