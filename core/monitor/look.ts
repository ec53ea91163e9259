/** Looks at one window with every monitor: reads what they need, and reports. */
import type { ObjectStore } from '../aws/objects.ts';
import { listDataset } from '../data/dataset.ts';
import { rowOf, type DuckDBConnection } from '../data/duckdb.ts';
import type { ReferenceProfile } from '../data/profile.ts';
import { type CountedNumbers, countNumbers } from '../data/sketch.ts';
import { streamNumbers } from '../data/stream-numbers.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { dayOf } from '../model/layout.ts';
import type { Unlabelled } from './estimate.ts';
import { type History, readHistory } from './history.ts';
import { newestLabelled } from './labelled/newest.ts';
import { countUnreadable } from './quality.ts';
import { type MonitorReport, reportOn } from './report.ts';
import { sketchEdgesOf, summarise } from './summary.ts';
import { openWindow, windowBefore } from './window.ts';

export interface Look {
  readonly connection: DuckDBConnection;
  readonly objects: ObjectStore;
  readonly definition: ModelDefinition;
  readonly version: number;
  readonly profile: ReferenceProfile | undefined;
  /** When the version became champion. */
  readonly championSince: string | undefined;
  readonly asOf: Date;
  readonly hours: number;
  /** An empty folder on this machine. */
  readonly folder: string;
}

export interface Seen {
  readonly report: MonitorReport;
  readonly history: History;
}

export async function lookAtWindow(look: Look): Promise<Seen> {
  const { connection, objects, definition, version, profile, asOf, hours, folder } = look;
  const window = windowBefore(asOf, hours);
  const opened = await openWindow(connection, objects, definition, {
    window,
    folder,
    name: 'current',
  });
  const answered = `(select * from ${opened.table} where _variant <> 'shadow')`;
  const summary = await summarise(connection, definition, answered, profile);
  const own = await ownPredictions(look, opened.table);
  const newest = await newestLabelled({
    connection,
    objects,
    definition,
    version,
    asOf,
    hours,
    folder,
    current: opened,
    baseline: profile?.baseline,
  });
  const history = await readHistory(objects, definition.name, { asOf, hours });
  const report = reportOn({
    definition: { ...definition, monitors: { ...definition.monitors, windowHours: hours } },
    version,
    profile,
    window,
    counts: opened.counts,
    summary,
    unreadable: await countUnreadable(connection, definition.features, answered),
    ...own,
    newest,
    history,
    moments: {
      asOf,
      championSince: look.championSince,
      trainedTo: profile?.dataTo,
      newestDay: await newestDayOf(look),
    },
  });
  return { report, history };
}

/** Another version's predictions say nothing about this one. */
async function ownPredictions(
  { connection, definition, version, profile }: Look,
  table: string,
): Promise<{ predictions: CountedNumbers | undefined; unlabelled: Unlabelled }> {
  const from = `from ${table} where _version = ${version} and _variant = 'champion' and _output is not null`;
  const { rows } = await rowOf(connection, `select count(*)::double as rows ${from}`);
  const outputs = new Float64Array(Number(rows));
  const decisions = new Float64Array(Number(rows));
  let at = 0;
  await streamNumbers(connection, ['_output', '_decision'], from, ([given, decided]) => {
    outputs.set(given!, at);
    decisions.set(decided!, at);
    at += given!.length;
  });
  const unlabelled = { kind: definition.target.kind, outputs, decisions };
  if (profile === undefined || outputs.length === 0) return { predictions: undefined, unlabelled };
  const counter = countNumbers(sketchEdgesOf(profile.predictions));
  counter.add(outputs);
  return { predictions: counter.counted(), unlabelled };
}

async function newestDayOf({ objects, definition, asOf }: Look): Promise<string | undefined> {
  const until = dayOf(asOf);
  const days = (await listDataset(objects, definition)).flatMap(({ day }) =>
    day !== undefined && day <= until ? [day] : [],
  );
  return days.reduce<string | undefined>(
    (newest, day) => (newest === undefined || day > newest ? day : newest),
    undefined,
  );
}
