/** Plays rows through a stage: days into the dataset, events into the stream, labels behind them. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { layout } from '../../core/model/layout.ts';
import { takeLabels } from '../../core/serve/labels.ts';
import { callModel } from '../actions/call-model.ts';
import { pushEvents } from '../actions/events.ts';
import { outputOf } from '../target.ts';
import { trainFirst } from './first-version.ts';
import type { ReplayLabel, ReplayRows, Span } from './rows.ts';
import type { Stage } from './stage.ts';

export interface Play {
  readonly model: ModelDefinition;
  readonly rows: ReplayRows;
  readonly stage: Stage;
  /** What is before is history, and what is from here on comes as events; epoch milliseconds. */
  readonly span: Span;
  /** How much time goes by between two deliveries of what has arrived. */
  readonly everyMs: number;
  /** A folder of the replay's own. */
  readonly scratch: string;
  readonly onProgress: (played: Played) => Promise<void>;
}

export interface Played {
  readonly events: number;
  readonly labels: number;
  readonly days: number;
}

/** What arrived is delivered a minute before the hour, so that schedules of the hour find it. */
const MINUTE_MS = 60_000;
const LABELS_AT_ONCE = 5000;

/** Trains the first version on the history, and plays to the end of the last day. */
export async function play(options: Play): Promise<Played & { readonly firstVersion: number }> {
  const { model, rows, stage, span, everyMs, onProgress } = options;
  const objects = s3Objects(stage.target.output('BucketName'));
  const waiting = await rows.days();
  const played = { events: 0, labels: 0, days: 0 };
  played.days += await putDays(options, objects, waiting, span.from);
  const firstVersion = await trainFirst(stage, model.name);
  for (const part of partsOf(span, everyMs)) {
    await stage.clock.advanceTo(new Date(part.to));
    played.events += await sendEvents(options, part);
    played.labels += await sendLabels(options, part);
    played.days += await putDays(options, objects, waiting, part.to);
    await onProgress(played);
  }
  // By then the last batch of predictions is full enough to be kept.
  await stage.clock.advanceTo(new Date(span.to + MINUTE_MS));
  return { ...played, firstVersion };
}

function* partsOf({ from, to }: Span, everyMs: number): Generator<Span> {
  let start = from;
  for (let hour = from + everyMs; start < to; hour += everyMs) {
    const end = hour < to ? hour - MINUTE_MS : to;
    yield { from: start, to: end };
    start = end;
  }
}

/** Puts the days whose labels are all known by now, each once; takes them off those that wait. */
async function putDays(
  { model, rows, scratch }: Play,
  objects: ObjectStore,
  waiting: { readonly day: string; readonly knownAt: number }[],
  now: number,
): Promise<number> {
  const due = waiting.filter(({ knownAt }) => knownAt < now);
  for (const one of due) {
    waiting.splice(waiting.indexOf(one), 1);
    const path = await rows.writeDay(one.day, scratch);
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

/** Without an endpoint, labels are put into the bucket as it would put them. */
async function keepLabels({ model, stage }: Play, labels: readonly ReplayLabel[]): Promise<void> {
  const objects = s3Objects(stage.target.output('BucketName'));
  const at = stage.clock.now();
  const body = JSON.stringify(labels);
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/labels', headers, body, at, id: 'replay' };
  await takeLabels({ definition: model, objects }, request);
}

async function sendLabels(options: Play, part: Span): Promise<number> {
  const { model, rows, stage, span } = options;
  const labels = await rows.labels(part, span.from);
  for (let start = 0; start < labels.length; start += LABELS_AT_ONCE) {
    const body = labels.slice(start, start + LABELS_AT_ONCE);
    if (model.serving.online) await callModel(stage.target, model, { path: '/labels', body });
    else await keepLabels(options, body);
  }
  return labels.length;
}
