/** The newest window that has labels enough to be judged. */
import type { ObjectStore } from '../../aws/objects.ts';
import { rowOf, type DuckDBConnection } from '../../data/duckdb.ts';
import type { GroupMeans } from '../../data/profile.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import type { Coverage, LabelledSlices } from '../performance.ts';
import { openWindow, type OpenWindow, type Window, windowBefore } from '../window.ts';
import { createLabels, type LabelCounts } from './labels.ts';
import { readLabelled } from './read.ts';

export interface LabelSearch {
  readonly connection: DuckDBConnection;
  readonly objects: ObjectStore;
  readonly definition: ModelDefinition;
  readonly version: number;
  readonly asOf: Date;
  readonly hours: number;
  readonly folder: string;
  /** The current window, which need not be read again. */
  readonly current: OpenWindow;
  readonly baseline: GroupMeans | undefined;
}

export interface NewestLabelled {
  readonly labelled: LabelledSlices;
  /** Every window that was looked at, the newest first; the judged one is the last. */
  readonly coverage: readonly Coverage[];
  /** Records for the judged window. */
  readonly arrived: LabelCounts;
  /** Table of the judged window. */
  readonly records: string;
}

/**
 * Goes back window by window, from the one that ended the declared delay ago, until one has as
 * many labels as are needed. Where none has, the one with most labels is taken. Labels count if
 * they had arrived by the as-of.
 */
export async function newestLabelled(search: LabelSearch): Promise<NewestLabelled> {
  const { minimumLabels, lookBack } = search.definition.monitors.performance;
  const looked: Looked[] = [];
  for (let back = 0; back <= lookBack; back++) {
    // One after the other: most often the first is enough.
    const found = await lookAt(search, back);
    looked.push(found);
    if (found.coverage.labelled >= minimumLabels) break;
  }
  const most = looked.reduce((best, one) =>
    one.coverage.labelled > best.coverage.labelled ? one : best,
  );
  const { records, labels, arrived } = most;
  const { connection, definition, version, baseline } = search;
  const labelled = await readLabelled(
    connection,
    definition,
    { records, labels, version, variant: 'champion' },
    baseline,
  );
  const until = looked.slice(0, looked.indexOf(most) + 1);
  return { labelled, coverage: until.map(({ coverage }) => coverage), arrived, records };
}

interface Looked {
  readonly records: string;
  readonly labels: string;
  readonly coverage: Coverage;
  readonly arrived: LabelCounts;
}

async function lookAt(search: LabelSearch, back: number): Promise<Looked> {
  const { connection, objects, definition, asOf, folder, version } = search;
  const window = windowBack(search, back);
  const labels = `labels_${back}`;
  const arrived = await createLabels(connection, objects, definition, {
    window: { from: window.from, to: asOf },
    folder,
    table: labels,
  });
  const records = await recordsOf(search, window, back);
  const { predictions, labelled } = await rowOf(
    connection,
    `select count(*)::double as predictions, count(_label)::double as labelled
     from ${records} left join ${labels} using (_id)
     where _variant = 'champion' and _version = ${version}`,
  );
  const coverage = {
    from: window.from.toISOString(),
    to: window.to.toISOString(),
    predictions: Number(predictions),
    labelled: Number(labelled),
  };
  return { records, labels, coverage, arrived };
}

function windowBack({ asOf, hours, definition }: LabelSearch, back: number): Window {
  const late = definition.monitors.performance.delayHours + back * hours;
  return windowBefore(new Date(asOf.getTime() - late * 3_600_000), hours);
}

async function recordsOf(
  { connection, objects, definition, folder, current }: LabelSearch,
  window: Window,
  back: number,
): Promise<string> {
  if (window.to.getTime() === current.window.to.getTime()) return current.table;
  const name = `earlier_${back}`;
  return (await openWindow(connection, objects, definition, { window, folder, name })).table;
}
