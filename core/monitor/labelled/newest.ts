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

/** Windows to go back, at most, where they have so few rows that labels are no later for it. */
const FURTHEST = 30;

/**
 * Goes back window by window, from the one that ended the declared delay ago, until one has as
 * many labels as are needed. Where none has, all of them are judged as one, back to where together
 * they have enough, so that a model of few predictions is watched as well. Labels count if they
 * had arrived by the as-of.
 */
export async function newestLabelled(search: LabelSearch): Promise<NewestLabelled> {
  const { minimumLabels, lookBack } = search.definition.monitors.performance;
  const looked: Looked[] = [];
  // One after the other: most often the first is enough.
  for (let back = 0; back <= FURTHEST; back++) {
    const found = await lookAt(search, windowBack(search, back), `${back}`);
    looked.push(found);
    if (found.coverage.labelled >= minimumLabels) return readNewest(search, looked);
    const predictions = sumOf(looked, 'predictions');
    const isSparse = predictions > 0 && predictions < 2 * minimumLabels;
    const isEnough = sumOf(looked, 'labelled') >= minimumLabels;
    if (back >= lookBack && (isEnough || !isSparse)) break;
  }
  return judgeTogether(search, looked);
}

function sumOf(looked: readonly Looked[], what: 'predictions' | 'labelled'): number {
  return looked.reduce((sum, { coverage }) => sum + coverage[what], 0);
}

/** Judges from the newest window with labels back to where enough of them have come together. */
async function judgeTogether(
  search: LabelSearch,
  looked: readonly Looked[],
): Promise<NewestLabelled> {
  const { minimumLabels } = search.definition.monitors.performance;
  const first = Math.max(
    0,
    looked.findIndex(({ coverage }) => coverage.labelled > 0),
  );
  const all = looked.findIndex(
    (_, at) => sumOf(looked.slice(0, at + 1), 'labelled') >= minimumLabels,
  );
  const last = all < 0 ? looked.findLastIndex(({ coverage }) => coverage.labelled > 0) : all;
  const until = looked.slice(0, Math.max(first, last) + 1);
  if (last <= first) return readNewest(search, until);
  const window = {
    from: new Date(until.at(-1)!.coverage.from),
    to: new Date(until[first]!.coverage.to),
  };
  return readNewest(search, [...until, await lookAt(search, window, 'together')]);
}

/** @param looked what was looked at; the last one is judged */
async function readNewest(search: LabelSearch, looked: readonly Looked[]): Promise<NewestLabelled> {
  const { records, labels, arrived } = looked.at(-1)!;
  const { connection, definition, version, baseline } = search;
  const labelled = await readLabelled(
    connection,
    definition,
    { records, labels, version, variant: 'champion' },
    baseline,
  );
  return { labelled, coverage: looked.map(({ coverage }) => coverage), arrived, records };
}

interface Looked {
  readonly records: string;
  readonly labels: string;
  readonly coverage: Coverage;
  readonly arrived: LabelCounts;
}

async function lookAt(search: LabelSearch, window: Window, name: string): Promise<Looked> {
  const { connection, objects, definition, asOf, folder, version } = search;
  const labels = `labels_${name}`;
  const arrived = await createLabels(connection, objects, definition, {
    window: { from: window.from, to: asOf },
    folder,
    table: labels,
  });
  const records = await recordsOf(search, window, name);
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
  name: string,
): Promise<string> {
  const isCurrent =
    window.to.getTime() === current.window.to.getTime() &&
    window.from.getTime() === current.window.from.getTime();
  if (isCurrent) return current.table;
  const at = { window, folder, name: `earlier_${name}` };
  return (await openWindow(connection, objects, definition, at)).table;
}
