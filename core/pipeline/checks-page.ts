/** What was found of the data, as a part of the run's report and, where it stops a run, the whole. */
import type { CheckResult } from '../data/checks/check.ts';
import { shown } from '../report/html.ts';
import { renderPage, type Section } from '../report/page.ts';
import { table } from '../report/table.ts';
import type { RunName } from '../runs/runs.ts';

export function checksSection(results: readonly CheckResult[]): Section {
  const failed = results.filter(({ passed }) => !passed);
  return {
    title: 'Data checks',
    note:
      failed.length === 0
        ? `All ${results.length} passed.`
        : `${failed.length} of ${results.length} did not pass.`,
    body: table(
      ['Check', 'Column', 'Found', 'Measured', 'Limit', 'Verdict'],
      // What did not pass comes first.
      results
        .toSorted((a, b) => Number(a.passed) - Number(b.passed))
        .map(({ check, column, message, measured, limit, passed, severity }) => ({
          cells: [
            check,
            column ?? '',
            message,
            measured === undefined ? '' : shown(measured),
            limit === undefined ? '' : shown(limit),
            passed ? 'passed' : severity,
          ],
          marked: !passed,
        })),
    ),
  };
}

/** The report of a run that its data stopped. */
export function renderChecksPage(
  { model, runId }: RunName,
  results: readonly CheckResult[],
  reason: string,
): string {
  return renderPage({
    title: `${model}: ${runId}`,
    facts: {},
    verdict: { good: false, text: `Stopped before training: ${reason}` },
    sections: [checksSection(results)],
  });
}
