/** Plays rows through a stage: days into the dataset, events into the stream, labels behind them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { layout } from '../../core/model/layout.ts';
import { callModel } from '../actions/call-model.ts';
import { pushEvents } from '../actions/events.ts';
import { outputOf } from '../target.ts';
import { trainFirst } from './first-version.ts';
import type { ReplayRows, Span } from './rows.ts';
import type { Stage } from './stage.ts';

export interface Play {
  readonly model: ModelDefinition;
  readonly rows: ReplayRows;
  readonly stage: Stage;
  /** What is before is history, and what is from here on comes as events; epoch milliseconds. */
  readonly span: Span;
  /** How much time goes by between two deliveries of what has arrived. */
  readonly everyMs: number;
  readonly onProgress: (played: Played) => Promise<void>;
}

export interface Played {
  readonly events: number;
  readonly labels: number;
  readonly days: number;
}

const HOUR_MS = 3_600_000;
/** What arrived is delivered a minute before the hour, so that schedules of the hour find it. */
const BEFORE_MS = 60_000;
const LABELS_AT_ONCE = 5000;

/** Trains the first version on the history, and plays until the last label is in. */
export async function play(options: Play): Promise<Played & { readonly firstVersion: number }> {
  const { model, rows, stage, span, everyMs, onProgress } = options;
  const objects = s3Objects(stage.target.output('BucketName'));
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-days-'));
  const waiting = await rows.days();
  const played = { events: 0, labels: 0, days: 0 };
  try {
    played.days += await putDays(options, objects, folder, waiting, span.from);
    const firstVersion = await trainFirst(stage, model.name);
    const last = Math.max(span.to, ...waiting.map(({ knownAt }) => knownAt)) + everyMs;
    for (let from = span.from; from < last; from += everyMs) {
      const part = {
        from: from - (from === span.from ? 0 : BEFORE_MS),
        to: from + everyMs - BEFORE_MS,
      };
      await stage.clock.advanceTo(new Date(part.to));
      played.events += await sendEvents(options, part);
      played.labels += await sendLabels(options, part);
      played.days += await putDays(options, objects, folder, waiting, part.to);
      await onProgress(played);
    }
    await stage.clock.advanceTo(new Date(last + HOUR_MS));
    return { ...played, firstVersion };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts the days whose labels are all known by now, each once; takes them off those that wait. */
async function putDays(
  { model, rows }: Play,
  objects: ObjectStore,
  folder: string,
  waiting: { readonly day: string; readonly knownAt: number }[],
  now: number,
): Promise<number> {
  const due = waiting.filter(({ knownAt }) => knownAt < now);
  for (const one of due) {
    waiting.splice(waiting.indexOf(one), 1);
    const path = await rows.writeDay(one.day, folder);
    await objects.upload(path, `${layout.datasets(model.name)}dt=${one.day}/${basename(path)}`);
    await rm(path);
  }
  return due.length;
}

async function sendEvents({ model, rows, stage, span }: Play, part: Span): Promise<number> {
  const events = await rows.events({ from: part.from, to: Math.min(part.to, span.to) });
  if (events.length === 0) return 0;
  const stream = stage.target.output(outputOf(model.name, 'EventsStream'));
  await pushEvents(stream, events, () => undefined);
  return events.length;
}

async function sendLabels({ model, rows, stage, span }: Play, part: Span): Promise<number> {
  const labels = await rows.labels(part, span.from);
  for (let start = 0; start < labels.length; start += LABELS_AT_ONCE) {
    const body = labels.slice(start, start + LABELS_AT_ONCE);
    await callModel(stage.target, model, { path: '/labels', body });
  }
  return labels.length;
}
