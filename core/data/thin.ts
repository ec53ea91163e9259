/** Fewer rows of a table, evenly spread over it. */
import type { Columns } from './columns.ts';

/** @param share of the rows to keep, above 0; with 1 the table itself */
export function thinColumns(columns: Columns, share: number): Columns {
  if (share >= 1) return columns;
  const kept = Math.max(1, Math.round(columns.rows * share));
  const rows = Uint32Array.from({ length: kept }, (_, at) =>
    Math.floor((at * columns.rows) / kept),
  );
  const { weights } = columns;
  return {
    rows: kept,
    numbers: each(columns.numbers, (values) => Float32Array.from(rows, (row) => values[row]!)),
    times: each(columns.times, (values) => Float64Array.from(rows, (row) => values[row]!)),
    categories: each(columns.categories, ({ dictionary, codes }) => ({
      dictionary,
      codes: Int32Array.from(rows, (row) => codes[row]!),
    })),
    target: Float64Array.from(rows, (row) => columns.target[row]!),
    ...(weights && { weights: Float64Array.from(rows, (row) => weights[row]!) }),
  };
}

function each<Value>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
