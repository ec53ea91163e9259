/** Runs side by side: one column a run, one line for each thing in which they differ. */
import type { RunSummary } from '../../core/runs/runs.ts';
import { table } from '../terminal.ts';

/** Metrics are shown always; parameters, tags and attributes where they are not all the same. */
export function compareRuns(found: readonly RunSummary[]): string {
  const lines = [
    ...linesOf('', found, ({ status, trigger, asOf, vcpuSeconds }) => ({
      status,
      trigger,
      asOf,
      vcpuSeconds,
    })),
    ...linesOf('params.', found, ({ parameters }) => parameters),
    ...linesOf('tags.', found, ({ tags }) => tags),
  ].filter(([, ...values]) => new Set(values).size > 1);
  const measured = linesOf('metrics.', found, ({ metrics }) => metrics);
  return table(['', ...found.map(({ runId }) => runId)], [...measured, ...lines]);
}

function linesOf(
  prefix: string,
  found: readonly RunSummary[],
  valuesOf: (run: RunSummary) => Readonly<Record<string, string | number | boolean>>,
): string[][] {
  const each = found.map(valuesOf);
  const names = [...new Set(each.flatMap((values) => Object.keys(values)))].toSorted();
  return names.map((name) =>
    [`${prefix}${name}`].concat(each.map((values) => shown(values[name]))),
  );
}

function shown(value: string | number | boolean | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}
