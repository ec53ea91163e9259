import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeBodyFile } from '../../../../local/s3/body-file.ts';
import { type Bucket, openBucket } from '../../../../local/s3/bucket.ts';

let folder: string;
let bucket: Bucket;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bucket-'));
  bucket = openBucket(folder, 'data');
});
afterEach(() => {
  bucket.close();
  rmSync(folder, { recursive: true });
});

async function* streamOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

async function put(key: string, text: string): Promise<void> {
  const body = await writeBodyFile(bucket.files.incoming(), streamOf(text));
  const facts = { etag: body.md5, lastModified: '2026-01-01T00:00:00.000Z', headers: {} };
  await bucket.put(key, body, facts, () => {});
}

async function get(key: string): Promise<string> {
  const { handle } = await bucket.open(key);
  const text = await handle.readFile('utf8');
  await handle.close();
  return text;
}

function filesIn(name: string): string[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe('a bucket', () => {
  it('keeps an object in a file of its key, for people to look at', async () => {
    await put('datasets/flights/day=1.csv', 'a,b');

    expect(readFileSync(join(folder, 'objects/datasets/flights/day=1.csv'), 'utf8')).toBe('a,b');
  });

  it.each([
    '../escape',
    '../../escape',
    'a/../../../escape',
    '/etc/absolute',
    'folder/',
    'a//b',
    '.',
    'nul\0byte',
    'back\\slash',
    'k'.repeat(1024),
    'ü'.repeat(128),
  ])('keeps key %j without leaving its folder', async (key) => {
    await put(key, key);

    expect(await get(key)).toBe(key);
    expect([...filesIn('objects'), ...filesIn('versions')]).toHaveLength(1);
    expect(existsSync(join(folder, '..', 'escape'))).toBe(false);
  });

  it.each([
    ['a', 'a/b', 'a/b/c'],
    ['a/b/c', 'a/b', 'a'],
  ])('keeps %s beside %s and %s', async (...keys) => {
    for (const key of keys) await put(key, key);

    expect(await Promise.all(keys.map(get))).toEqual(keys);
  });

  it('lets a reader finish with the version it opened', async () => {
    await put('k', 'old');
    const { handle } = await bucket.open('k');
    await put('k', 'new');

    expect(await handle.readFile('utf8')).toBe('old');
    expect(await get('k')).toBe('new');
    await handle.close();
  });

  it('leaves no file of what was replaced or removed', async () => {
    await put('a/k', '1');
    await put('a/k', '2');
    await put('a/k', '3');
    await bucket.remove('a/k', () => {});

    expect([...filesIn('objects'), ...filesIn('versions'), ...filesIn('incoming')]).toEqual([]);
    expect(readdirSync(join(folder, 'objects'))).toEqual([]);
  });

  it('leaves no file of a write that its precondition refused', async () => {
    const body = await writeBodyFile(bucket.files.incoming(), streamOf('x'));
    const facts = { etag: '', lastModified: '', headers: {} };

    await expect(
      bucket.put('k', body, facts, () => {
        throw new Error('refused');
      }),
    ).rejects.toThrow('refused');
    expect(bucket.find('k')).toBeUndefined();
    expect([...filesIn('objects'), ...filesIn('versions'), ...filesIn('incoming')]).toEqual([]);
  });

  it('opens as it was, and drops what a kill left half-written', async () => {
    await put('kept', 'whole');
    bucket.close();
    writeFileSync(join(folder, 'incoming/half'), 'ha');
    writeFileSync(join(folder, 'objects/placed-but-not-indexed'), 'x');
    writeFileSync(join(folder, 'versions/placed-but-not-indexed'), 'x');
    appendFileSync(join(folder, 'index.jsonl'), '["torn",{"file":"obj');

    bucket = openBucket(folder, 'data');

    expect(await get('kept')).toBe('whole');
    expect(bucket.keys.size).toBe(1);
    expect([...filesIn('objects'), ...filesIn('versions'), ...filesIn('incoming')]).toEqual([
      'kept',
    ]);
  });

  it('sweeps nothing away when its index is lost', async () => {
    await put('kept', 'whole');
    bucket.close();
    rmSync(join(folder, 'index.jsonl'));

    bucket = openBucket(folder, 'data');

    expect(filesIn('objects')).toEqual(['kept']);
  });
});
