import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../../core/model/layout.ts';
import { backUp, type Shelf } from '../../../../core/registry/backup.ts';
import { BrokenBackupError, RestoreConflictError } from '../../../../core/registry/errors.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { restore } from '../../../../core/registry/restore.ts';
import type { Fact } from '../../../../core/aws/facts.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'flight-delay';
const AT = new Date('2001-05-03T12:00:00Z');

function memoryShelf() {
  const files = new Map<string, Uint8Array>();
  const shelf: Shelf = {
    async read(name) {
      const content = files.get(name);
      if (content === undefined) throw new Error(`no file ${name}`);
      return content;
    },
    write: async (name, content) => void files.set(name, Buffer.from(content)),
  };
  return { ...shelf, files };
}

function stack() {
  const facts = memoryFacts();
  return { facts, objects: memoryObjects(), registry: createRegistry(facts) };
}

/** Two versions, of which the second was promoted and rolled back. */
async function livedIn() {
  const lived = stack();
  const { facts, objects, registry } = lived;
  for (const number of [1, 2]) {
    const file = `file ${number}`;
    const sha256 = createHash('sha256').update(file).digest('hex');
    const { version } = await registry.register(newVersion({ runId: `run-${number}`, sha256 }));
    await objects.put(layout.modelFile(MODEL, version), file);
    await objects.put(layout.profile(MODEL, version), '{}');
    const at = new Date(`2001-05-0${number}T00:00:00Z`);
    const change = { model: MODEL, alias: 'champion', at, reason: 'it is better', by: 'tests' };
    await registry.promote({ ...change, version });
  }
  const undone = { model: MODEL, alias: 'champion', at: AT, reason: 'it is not', by: 'tests' };
  await registry.rollback(undone);
  await facts.putIfAbsent({ partition: `lock#${MODEL}`, sort: 'train', runId: 'run-3' });
  return lived;
}

async function* all(facts: ReadonlyMap<string, Fact>): AsyncGenerator<Fact> {
  // A table gives its facts in an order of its own.
  yield* [...facts.values()].toReversed();
}

async function backedUp() {
  const lived = await livedIn();
  const shelf = memoryShelf();
  const source = { stack: 'tidemill-dev', at: AT, ...lived, facts: all(lived.facts.facts) };
  return { lived, shelf, source, manifest: await backUp(source, shelf) };
}

describe('a backup', () => {
  it('brings an empty stack to the same champion, with its whole history', async () => {
    const { lived, shelf } = await backedUp();
    const empty = stack();

    await restore(empty, shelf);

    expect(await empty.registry.championOf(MODEL)).toEqual(await lived.registry.championOf(MODEL));
    expect((await empty.registry.championOf(MODEL)).version).toBe(1);
    expect(await empty.registry.verify(MODEL, 'champion')).toEqual({ intact: true, entries: 3 });
    expect(await empty.registry.versions(MODEL)).toEqual(await lived.registry.versions(MODEL));
    expect(empty.objects.objects).toEqual(lived.objects.objects);
  });

  it('leaves out what is held for the moment only', async () => {
    const { lived, manifest, shelf } = await backedUp();
    const empty = stack();

    await restore(empty, shelf);

    expect(manifest.facts.count).toBe(lived.facts.facts.size - 1);
    expect([...empty.facts.facts.keys()].join()).not.toContain('lock#');
  });

  it('has the same bytes whatever order the table gives its facts in', async () => {
    const { lived, shelf } = await backedUp();
    const again = memoryShelf();

    const inOrder = (async function* forwards() {
      yield* lived.facts.facts.values();
    })();
    await backUp({ stack: 'tidemill-dev', at: AT, ...lived, facts: inOrder }, again);

    expect(again.files).toEqual(shelf.files);
  });

  it('is no backup without its manifest, which comes last', async () => {
    const { shelf } = await backedUp();
    expect([...shelf.files.keys()].at(-1)).toBe('manifest.json');
    shelf.files.delete('manifest.json');

    await expect(restore(stack(), shelf)).rejects.toThrow('manifest.json');
  });
});

describe('a restore', () => {
  it('goes on where it was interrupted', async () => {
    const { lived, shelf } = await backedUp();
    const half = stack();
    const [first] = [...lived.facts.facts.values()];
    await half.facts.putIfAbsent(first!);

    await restore(half, shelf);
    await restore(half, shelf);

    expect((await half.registry.championOf(MODEL)).version).toBe(1);
  });

  it.each([
    { file: 'facts.jsonl.gz', says: "'facts.jsonl.gz' has hash" },
    { file: layout.modelFile(MODEL, 2), says: `'${layout.modelFile(MODEL, 2)}' has hash` },
  ])('fails on a $file that was changed, and writes nothing', async ({ file, says }) => {
    const { shelf } = await backedUp();
    shelf.files.set(file, Buffer.from('another'));
    const empty = stack();

    await expect(restore(empty, shelf)).rejects.toThrow(says);

    expect(empty.facts.facts.size + empty.objects.objects.size).toBe(0);
  });

  it('fails where the stack knows otherwise, and writes nothing', async () => {
    const { shelf } = await backedUp();
    const other = stack();
    await other.registry.register(newVersion({ runId: 'its own' }));

    await expect(restore(other, shelf)).rejects.toThrow(RestoreConflictError);

    expect(other.facts.facts.size).toBe(1);
  });
});

it.each([
  { spoilt: 'an entry of an alias', says: 'its content does not match its own hash' },
  { spoilt: 'the file of a version', says: 'has hash' },
])('fails to back up $spoilt that was changed', async ({ spoilt, says }) => {
  const lived = await livedIn();
  if (spoilt === 'the file of a version') {
    await lived.objects.put(layout.modelFile(MODEL, 1), 'another');
  } else {
    const [place, entry] = [...lived.facts.facts].find(([key]) => key.startsWith('alias#'))!;
    lived.facts.facts.set(place, { ...entry, version: 2 });
  }
  const source = { stack: 'tidemill-dev', at: AT, ...lived, facts: all(lived.facts.facts) };

  const backing = backUp(source, memoryShelf());

  await expect(backing).rejects.toThrow(BrokenBackupError);
  await expect(backing).rejects.toThrow(says);
});
