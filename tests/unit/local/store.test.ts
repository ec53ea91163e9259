import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../local/store.ts';

describe('openStore', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds after a kill what was set and not what was deleted', () => {
    const file = join(folder, 'deep', 'things.jsonl');
    const store = openStore<number>(file);
    store.set('a', 1);
    store.set('b', 2);
    store.set('a', 3);
    store.delete('b');

    const reopened = openStore<number>(file);

    expect(reopened.keys()).toEqual(['a']);
    expect(reopened.get('a')).toBe(3);
  });

  it('takes a line that a kill cut short as not written', () => {
    const file = join(folder, 'things.jsonl');
    openStore<string>(file).set('whole', 'kept');
    appendFileSync(file, '["broken", "los');

    const reopened = openStore<string>(file);
    reopened.set('later', 'kept too');

    expect(openStore<string>(file).values()).toEqual(['kept', 'kept too']);
  });

  it('is written anew with one line a value when it is opened', () => {
    const file = join(folder, 'things.jsonl');
    const store = openStore<number>(file);
    for (let round = 0; round < 100; round += 1) store.set('counter', round);
    store.close();

    openStore<number>(file).close();

    expect(readFileSync(file, 'utf8')).toBe('["counter",99]\n');
  });

  it('fails to keep anything once it is closed', () => {
    const store = openStore<number>(join(folder, 'things.jsonl'));
    store.close();

    expect(() => store.set('late', 1)).toThrow(/things.jsonl is closed/);
  });
});
