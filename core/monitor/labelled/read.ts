/** Predictions joined with their labels, out of DuckDB into memory. */
import type { CategoryColumn, Columns } from '../../data/columns.ts';
import type { DuckDBConnection } from '../../data/duckdb.ts';
import type { GroupMeans } from '../../data/profile.ts';
import { readColumns } from '../../data/read.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { predictByMeans } from '../../train/baseline.ts';
import type { LabelledSlices } from '../performance.ts';
import type { LabelledRows } from './influence.ts';

export interface LabelledChoice {
  /** Table of an open window. */
  readonly records: string;
  /** Table of labels. */
  readonly labels: string;
  /** Whose answers, and of which version. */
  readonly version: number;
  readonly variant: 'champion' | 'challenger' | 'shadow';
}

type Declared = Pick<ModelDefinition, 'features' | 'target' | 'baseline' | 'monitors'>;

/** Reads the labelled predictions of one version, with those of its baseline and its slices. */
export async function readLabelled(
  connection: DuckDBConnection,
  definition: Declared,
  choice: LabelledChoice,
  baseline?: GroupMeans,
): Promise<LabelledSlices> {
  const slices = slicedBy(definition);
  const wanted = new Set([...slices, ...(baseline?.by ?? [])]);
  const features = Object.fromEntries(
    Object.entries(definition.features).filter(([name]) => wanted.has(name)),
  );
  const { columns, extra } = await readColumns(connection, {
    features,
    from: joinOf(choice),
    extra: { labels: '_label', outputs: '_output', decisions: '_decision' },
    orderBy: '_at, _id',
  });
  const none = new Float64Array(0);
  const { labels = none, outputs = none, decisions = none } = extra;
  const rows: LabelledRows = { kind: definition.target.kind, labels, outputs, decisions };
  return {
    rows,
    ...(baseline?.by.every((name) => name in features) && {
      baseline: baselineRows(rows, columns, definition, baseline),
    }),
    slices: slices.flatMap((name) => sliced(rows, name, columns.categories[name])),
  };
}

function joinOf({ records, labels, version, variant }: LabelledChoice): string {
  return `(
    select * from ${records} join ${labels} using (_id)
    where _variant = '${variant}' and _version = ${version} and _output is not null)`;
}

/** As declared; else the groups of the baseline, and without those the first two categories. */
function slicedBy({ features, baseline, monitors }: Declared): readonly string[] {
  const { slices } = monitors.performance;
  if (slices !== undefined) return slices;
  if (baseline.by.length > 0) return baseline.by;
  return Object.keys(features)
    .filter((name) => features[name]?.kind === 'category')
    .slice(0, 2);
}

function baselineRows(
  rows: LabelledRows,
  columns: Columns,
  { target }: Pick<Declared, 'target'>,
  baseline: GroupMeans,
): LabelledRows {
  const outputs = predictByMeans(baseline, columns);
  const threshold = target.kind === 'binary' ? target.threshold : undefined;
  return {
    ...rows,
    outputs,
    decisions:
      threshold === undefined ? outputs : outputs.map((output) => Number(output >= threshold)),
  };
}

/** Values of a category that are shown, the most frequent ones. */
const VALUES_SHOWN = 10;

function sliced(
  rows: LabelledRows,
  feature: string,
  column: CategoryColumn | undefined,
): LabelledSlices['slices'] {
  if (column === undefined) return [];
  const counts = new Map<number, number>();
  for (const code of column.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || a - b)
    .slice(0, VALUES_SHOWN)
    .map(([code]) => ({
      feature,
      value: column.dictionary[code] ?? '(missing)',
      rows: pick(rows, column.codes, code),
    }));
}

function pick(rows: LabelledRows, codes: Int32Array, code: number): LabelledRows {
  const own = (values: Float64Array): Float64Array =>
    values.filter((_, row) => codes[row] === code);
  return {
    kind: rows.kind,
    labels: own(rows.labels),
    outputs: own(rows.outputs),
    decisions: own(rows.decisions),
  };
}
