/** Flights through the laptop's region: onto the events stream, and back from S3. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { pushEvents } from '../../cli/actions/events.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { layout } from '../../core/model/layout.ts';
import { model } from '../../models/flight-delay/model.ts';
import { flightsAsEvents } from './events-file.ts';

export interface StreamFigures {
  readonly region_events: number;
  /** Ids that came twice into S3, that are missing, and that nobody sent. */
  readonly region_copies: number;
  readonly region_missing: number;
  readonly region_strangers: number;
  readonly region_seconds: number;
  readonly region_events_per_second: number;
}

const EVENTS = 100_000;
const PATIENCE_MS = 300_000;

interface Served {
  readonly events: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** @param folder for the files of the benchmark */
export async function measureStream(file: string, folder: string): Promise<StreamFigures> {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  const script = fileURLToPath(new URL('../online/region-process.ts', import.meta.url));
  const child = fork(script, [file, join(folder, 'state'), root], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [served]: Served[] = await once(child, 'message');
    if (!served) throw new Error('the region did not start');
    Object.assign(process.env, served.environment);
    const flights = (await flightsAsEvents('2001-05-01', '2001-06-01', 5)).slice(0, EVENTS);
    const ids = new Set(flights.map((_, at) => `flight-${at}`));
    const started = performance.now();
    await pushEvents(
      served.events,
      flights.map((flight, at) => ({
        partitionKey: flight.origin,
        data: JSON.stringify({ id: `flight-${at}`, ...flight }),
      })),
      () => {},
    );
    const kept = await archived(served.environment['BUCKET'] ?? '', ids);
    const seconds = (performance.now() - started) / 1000;
    const distinct = new Set(kept);
    return {
      region_events: flights.length,
      region_copies: kept.length - distinct.size,
      region_missing: [...ids].filter((id) => !distinct.has(id)).length,
      region_strangers: [...distinct].filter((id) => !ids.has(id)).length,
      region_seconds: seconds,
      region_events_per_second: Math.round(flights.length / seconds),
    };
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

/** Ids in S3, as soon as there is one for each that was sent, or when patience ends. */
async function archived(bucket: string, sent: ReadonlySet<string>): Promise<string[]> {
  const objects = s3Objects(bucket);
  const read = new Map<string, readonly string[]>();
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
    for (const { key } of await objects.list(layout.predictions(model.name))) {
      if (!read.has(key)) read.set(key, idsIn(await objects.get(key)));
    }
    const kept = [...read.values()].flat();
    if (kept.length >= sent.size && new Set(kept).size >= sent.size) return kept;
    await wait(200);
  }
  return [...read.values()].flat();
}

function idsIn(object: Uint8Array): string[] {
  const lines = gunzipSync(object).toString().trimEnd().split('\n');
  return lines.map((line) => {
    const { id }: { readonly id: string } = JSON.parse(line);
    return id;
  });
}
