/** The streams of the region, by name. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { arn, type Place } from '../resource.ts';
import { openStore, type Store } from '../store.ts';
import { invalidArgument, noSuchStream } from './errors.ts';
import { RecordLog } from './record-log.ts';
import { firstShards, Stream, type StreamState } from './stream.ts';

export interface NewStream {
  readonly name: string;
  readonly shards: number;
  readonly mode: StreamState['mode'];
  readonly retentionHours?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kmsKey?: string | undefined;
}

const DEFAULT_RETENTION_HOURS = 24;

/** How a request names a stream. */
export interface StreamReference {
  readonly StreamName?: string | null | undefined;
  readonly StreamARN?: string | null | undefined;
}

export class StreamBook {
  readonly place: Place;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #states: Store<StreamState>;
  readonly #streams = new Map<string, Stream>();

  /** Opens the streams in a folder as the last region left them. */
  constructor(folder: string, place: Place, clock: Clock) {
    mkdirSync(folder, { recursive: true });
    this.place = place;
    this.#folder = folder;
    this.#clock = clock;
    this.#states = openStore(join(folder, 'streams.jsonl'));
    for (const state of this.#states.values()) this.#open(state);
  }

  get(name: string): Stream | undefined {
    return this.#streams.get(name);
  }

  /**
   * Returns the stream that a request names.
   *
   * @throws {AwsError} InvalidArgumentException if it names none, ResourceNotFoundException if there
   *   is none of that name
   */
  find(reference: StreamReference): Stream {
    const name = nameIn(reference);
    const stream = this.#streams.get(name);
    if (stream === undefined) throw noSuchStream(name, this.place.account);
    return stream;
  }

  arnOf(name: string): string {
    return arn(this.place, 'kinesis', `stream/${name}`);
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  /** By name. */
  all(): Stream[] {
    return [...this.#streams.values()].toSorted((a, b) => (a.state.name < b.state.name ? -1 : 1));
  }

  create({ shards, ...settings }: NewStream): Stream {
    const createdAt = this.now();
    // What a kill left of one that was being deleted.
    rmSync(this.#folderOf(settings.name), { recursive: true, force: true });
    const state = {
      retentionHours: DEFAULT_RETENTION_HOURS,
      tags: {},
      ...settings,
      createdAt,
      shards: firstShards(shards, createdAt),
    };
    this.#states.set(state.name, state);
    return this.#open(state);
  }

  delete(name: string): void {
    this.#streams.get(name)?.close();
    this.#streams.delete(name);
    this.#states.delete(name);
    rmSync(this.#folderOf(name), { recursive: true, force: true });
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.close();
    this.#states.close();
  }

  #open(state: StreamState): Stream {
    const stream = new Stream(state, {
      log: new RecordLog({ folder: this.#folderOf(state.name) }),
      now: () => this.now(),
      save: (changed) => this.#states.set(changed.name, changed),
    });
    this.#streams.set(state.name, stream);
    return stream;
  }

  /** A name may be `..`. */
  #folderOf(name: string): string {
    return join(this.#folder, `stream-${name}`);
  }
}

function nameIn({ StreamName: name, StreamARN: streamArn }: StreamReference): string {
  if (typeof name === 'string') return name;
  if (typeof streamArn !== 'string') {
    throw invalidArgument('Either StreamName or StreamARN must be provided.');
  }
  const found = /^arn:aws[\w-]*:kinesis:[\w-]*:\d*:stream\/([\w.-]+)$/.exec(streamArn)?.[1];
  if (found !== undefined) return found;
  throw invalidArgument(
    `StreamARN '${streamArn}' must have the form arn:aws:kinesis:<region>:<account>:stream/<name>`,
  );
}
