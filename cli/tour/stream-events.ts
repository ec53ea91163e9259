import { gunzipSync } from 'node:zlib';
import { setTimeout as wait } from 'node:timers/promises';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { layout } from '../../core/model/layout.ts';
import { pushEvents, readStream } from '../actions/events.ts';
import { shippedRows } from '../actions/shipped.ts';
import { outputOf } from '../target.ts';
import type { Report } from '../terminal.ts';
import { EVERY, LIVE } from './context.ts';
import { eventId, featuresOf } from './features-of.ts';
import type { Part } from './tour.ts';

const TIMEOUT_MS = 60_000;

export const streamEvents: Part = {
  title: 'stream flights of May',
  async run({ target, model, objects }, report) {
    const rows = await shippedRows(model, LIVE, EVERY);
    const ids = new Set(rows.map((_, at) => eventId(at)));
    const since = new Date();
    await pushEvents(
      target.output(outputOf(model.name, 'EventsStream')),
      rows.map((row, at) => ({
        partitionKey: String(row[model.serving.entity ?? ''] ?? at),
        data: JSON.stringify({ id: eventId(at), ...featuresOf(model, row) }),
      })),
      report,
    );
    await readStream(
      target.output(outputOf(model.name, 'PredictionsStream')),
      since,
      (records) => {
        report(`${records.length} of ${rows.length} predicted`);
        return allOf(ids, records);
      },
      TIMEOUT_MS,
    );
    await untilArchived(objects, model.name, ids, report);
    return { count: rows.length, unit: 'events', note: 'predicted, streamed out and kept in S3' };
  },
};

function allOf(ids: ReadonlySet<string>, records: readonly string[]): boolean {
  if (records.length < ids.size) return false;
  const seen = new Set(records.map(idOf));
  return [...ids].every((id) => seen.has(id));
}

function idOf(record: string): string {
  const parsed: { readonly id?: string } = JSON.parse(record);
  return parsed.id ?? '';
}

async function untilArchived(
  objects: ObjectStore,
  model: string,
  ids: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  const read = new Map<string, string[]>();
  for (const deadline = performance.now() + TIMEOUT_MS; performance.now() < deadline;) {
    for (const { key } of await objects.list(layout.predictions(model))) {
      if (!read.has(key)) {
        const lines = gunzipSync(await objects.get(key))
          .toString()
          .trim()
          .split('\n');
        read.set(key, lines);
      }
    }
    if (allOf(ids, [...read.values()].flat())) return;
    report('waiting for the archive in S3');
    await wait(200);
  }
  throw new Error(
    `not all predictions reached predictions/${model}/ in ${TIMEOUT_MS / 1000} s; look at the logs of the archive function`,
  );
}
