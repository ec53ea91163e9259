/** Log groups as folders of text files that a person can read. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
}

const ENDING = '.log';

/**
 * Files `<folder>/<group>/<stream>.log`, whose lines are an ISO time, a space and the message.
 * A slash in a name is a plus in the file's: `/aws/batch/job` is the folder `+aws+batch+job`.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #largestBytes: number;
  readonly #sizes = new Map<string, number>();

  /**
   * @param largestBytes a file that has grown beyond this becomes `.log.1`, and what had that name
   *   before is gone
   */
  constructor(folder: string, largestBytes = 5_000_000) {
    this.#folder = folder;
    this.#largestBytes = largestBytes;
  }

  append(group: string, stream: string, { at, message }: LogEvent): void {
    const file = this.#fileOf(group, stream);
    const line = `${new Date(at).toISOString()} ${message.replaceAll('\n', String.raw`\n`)}\n`;
    let size = this.#sizes.get(file) ?? sizeOf(file);
    if (size > this.#largestBytes) {
      renameSync(file, `${file}.1`);
      size = 0;
    }
    if (size === 0) mkdirSync(dirname(file), { recursive: true });
    this.#sizes.set(file, size + Buffer.byteLength(line));
    appendFileSync(file, line);
  }

  /** Names of the groups, in order. */
  groups(): string[] {
    return [...new Set(this.#names().map(({ group }) => group))].toSorted();
  }

  streams(group: string): string[] {
    return this.#names()
      .filter((name) => name.group === group)
      .map(({ stream }) => stream)
      .toSorted();
  }

  /** The events of a stream, oldest first. */
  read(group: string, stream: string): LogEvent[] {
    const file = this.#fileOf(group, stream);
    return [`${file}.1`, file]
      .filter((one) => existsSync(one))
      .flatMap((one) => readFileSync(one, 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => ({ at: Date.parse(line.slice(0, 24)), message: line.slice(25) }));
  }

  #fileOf(group: string, stream: string): string {
    return join(this.#folder, encode(group), `${encode(stream)}${ENDING}`);
  }

  #names(): { readonly group: string; readonly stream: string }[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((folder) =>
      readdirSync(join(this.#folder, folder))
        .filter((file) => file.endsWith(ENDING))
        .map((file) => ({ group: decode(folder), stream: decode(file.slice(0, -ENDING.length)) })),
    );
  }
}

function encode(name: string): string {
  return encodeURIComponent(name).replaceAll('%2F', '+').replaceAll('%24', '$');
}

function decode(name: string): string {
  return decodeURIComponent(name.replaceAll('+', '%2F'));
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
