/** A replay from beginning to end: rows are read, played through a region, and what came of it told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { withDuckDb, type DuckDBConnection } from '../../core/data/duckdb.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { dayOf } from '../../core/model/layout.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { timelineOf } from '../../core/timeline/timeline.ts';
import { alarmHistory } from '../actions/alarm-history.ts';
import { unlessInterrupted } from '../laptop/interrupt.ts';
import { projectRoot } from '../project.ts';
import { count, type Report, type Terminal } from '../terminal.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { play, type Played } from './play.ts';
import type { ReplayReport } from './report.ts';
import { countRows, readRows, type ReplayRows, type Span } from './rows.ts';
import type { ReplaySource } from './source.ts';
import { openStage, type Stage } from './stage.ts';

export interface ReplayOptions {
  readonly model: ModelDefinition;
  /** Where the rows come from, once there is a folder for them. */
  readonly source: (folder: string) => Promise<ReplaySource>;
  /** All that is played, epoch milliseconds. */
  readonly span: Span;
  /** What is before is history, that the first version learns from. */
  readonly eventsFrom: number;
  /** About so many events; rows are thinned to that. */
  readonly events: number;
  readonly seed: number;
  /** How much time goes by between two deliveries of what has arrived. */
  readonly everyMs: number;
  /** The folder that `cdk synth` wrote. */
  readonly cloudAssembly: string;
  readonly terminal: Terminal;
  readonly interrupted: Promise<void>;
}

/** For the rows; the jobs have their own. */
const MEMORY_MIB = 2048;

/** @throws {Error} if it is interrupted; nothing is left behind then either */
export async function replayRows(options: ReplayOptions): Promise<ReplayReport> {
  const scratch = mkdtempSync(join(tmpdir(), 'tidemill-replay-rows-'));
  try {
    return await withDuckDb({ memoryMiB: MEMORY_MIB, threads: 2, scratch }, (connection) =>
      replayWith(connection, options, scratch),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function replayWith(
  connection: DuckDBConnection,
  options: ReplayOptions,
  scratch: string,
): Promise<ReplayReport> {
  const { model, span, eventsFrom, seed, terminal, interrupted } = options;
  const { rows, share } = await terminal.step(
    'read the rows',
    () => readThinned(connection, options, scratch),
    (read) => `${count(read.events)} events behind ${count(read.history)} rows of history`,
  );
  let alarms = 0;
  const stage = await boot(options, () => (alarms += 1));
  try {
    const events: Span = { from: eventsFrom, to: span.to };
    const played = await terminal.step(
      `play ${model.name}`,
      (report) =>
        unlessInterrupted(
          play({
            ...options,
            rows,
            stage,
            span: events,
            scratch,
            onProgress: progressOf(stage, model, report, () => alarms),
          }),
          interrupted,
          'stopped before the last day; nothing is left behind',
        ),
      ({ events: sent, labels }) => `${count(sent)} events, ${count(labels)} labels`,
    );
    const outcome = await terminal.step('measure what came of it', () =>
      measure({ connection, options, stage, events, scratch, firstVersion: played.firstVersion }),
    );
    const { firstVersion, ...counts } = played;
    return {
      model: model.name,
      from: dayOf(new Date(span.from)),
      to: dayOf(new Date(span.to - 1)),
      seed,
      share,
      firstVersion,
      ...counts,
      ...outcome,
      timeline: await readTimeline(stage, model.name),
    };
  } finally {
    await stage.close();
  }
}

function boot(options: ReplayOptions, onNotification: () => void): Promise<Stage> {
  const start = new Date(options.eventsFrom);
  return options.terminal.step(
    'boot a region in the past',
    () => openStage({ ...options, projectRoot, start, onNotification }),
    () => dayOf(start),
  );
}

interface Read {
  readonly rows: ReplayRows;
  readonly share: number;
  readonly events: number;
  readonly history: number;
}

async function readThinned(
  connection: DuckDBConnection,
  options: ReplayOptions,
  scratch: string,
): Promise<Read> {
  const { model, span, eventsFrom, seed } = options;
  const source = await options.source(scratch);
  const events: Span = { from: eventsFrom, to: span.to };
  const total = await countRows(connection, { model, source, ...events });
  if (total === 0) {
    throw new Error(
      `there are no rows of '${model.name}' from ${dayOf(new Date(eventsFrom))} to ` +
        `${dayOf(new Date(span.to - 1))}; give a period that the data covers with --from and --to`,
    );
  }
  const share = Math.min(1, options.events / total);
  const rows = await readRows(connection, { model, source, ...span, share, seed });
  return {
    rows,
    share,
    events: await rows.count(events),
    history: await rows.count({ from: span.from, to: eventsFrom }),
  };
}

/** Says where the replay is, as often as somebody may look. */
function progressOf(
  { clock, target }: Stage,
  { name }: ModelDefinition,
  report: Report,
  alarms: () => number,
): (played: Played) => Promise<void> {
  const registry = createRegistry(dynamoFacts(target.output('TableName')));
  let toldAt = -Infinity;
  return async ({ events }) => {
    const now = performance.now();
    if (now - toldAt < EVERY_MS) return;
    toldAt = now;
    const { version } = await registry.championOf(name);
    const at = clock.now().toISOString().slice(0, 16).replace('T', ' ');
    report(`${at}  ${count(events)} events, version ${version}, people told ${alarms()} times`);
  };
}

const EVERY_MS = 300;

interface Measuring {
  readonly connection: DuckDBConnection;
  readonly options: ReplayOptions;
  readonly stage: Stage;
  readonly events: Span;
  readonly scratch: string;
  readonly firstVersion: number;
}

function measure({ options, stage, events, ...rest }: Measuring): Promise<Outcome> {
  const objects = s3Objects(stage.target.output('BucketName'));
  return outcomeOf({ ...rest, model: options.model, objects, span: events });
}

async function readTimeline({ target }: Stage, model: string) {
  const alarms = await alarmHistory(target, model, {});
  return timelineOf(dynamoFacts(target.output('TableName')), model, alarms);
}
