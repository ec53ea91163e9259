/** The region's memory: a map kept in a file, so that a killed region starts where it stopped. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A map of JSON values under string keys. Every change is in the file before the call returns. */
export interface Store<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): void;
  /** The values, in the order in which their keys were first set. */
  values(): T[];
  keys(): string[];
  close(): void;
}

type Entry<T> = readonly [key: string, value?: T];

/** A file with this many more lines than live values is written anew. */
const SPARE_LINES = 20_000;

/**
 * Opens the store in `file`, a JSON-lines journal of `[key, value]` (set) and `[key]` (delete),
 * and makes it if there is none. A last line that a kill cut short counts as not written.
 */
export function openStore<T>(file: string): Store<T> {
  mkdirSync(dirname(file), { recursive: true });
  const values = readJournal<T>(file);
  let descriptor = compact(file, values);
  let lines = values.size;
  let closed = false;

  const append = (entry: Entry<T>): void => {
    // Its descriptor may be another file's by now.
    if (closed) throw new Error(`${file} is closed; nothing more can be kept in it`);
    writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    lines += 1;
    if (lines > values.size * 2 + SPARE_LINES) {
      closeSync(descriptor);
      descriptor = compact(file, values);
      lines = values.size;
    }
  };

  return {
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    set(key, value) {
      values.set(key, value);
      append([key, value]);
    },
    delete(key) {
      if (values.delete(key)) append([key]);
    },
    values: () => [...values.values()],
    keys: () => [...values.keys()],
    close() {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
}

function readJournal<T>(file: string): Map<string, T> {
  const values = new Map<string, T>();
  if (!existsSync(file)) return values;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry = parseEntry<T>(line);
    if (entry === undefined) continue;
    const [key, value] = entry;
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
  return values;
}

function parseEntry<T>(line: string): Entry<T> | undefined {
  if (line === '') return undefined;
  try {
    const entry: Entry<T> = JSON.parse(line);
    return entry;
  } catch {
    return undefined;
  }
}

/** Replaces the file with one line a value, atomically, and opens it for appending. */
function compact<T>(file: string, values: ReadonlyMap<string, T>): number {
  const fresh = `${file}.new`;
  writeFileSync(fresh, '');
  let block = '';
  for (const entry of values) {
    block += `${JSON.stringify(entry)}\n`;
    if (block.length > 1_000_000) {
      appendFileSync(fresh, block);
      block = '';
    }
  }
  appendFileSync(fresh, block);
  renameSync(fresh, file);
  return openSync(file, 'a');
}
