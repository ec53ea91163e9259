import { beforeEach, describe, expect, it } from 'vitest';
import { AliasMovedError } from '../../../../core/registry/errors.ts';
import { type Registry, createRegistry } from '../../../../core/registry/registry.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'flight-delay';
let facts: MemoryFacts;
let registry: Registry;

beforeEach(async () => {
  facts = memoryFacts();
  registry = createRegistry(facts);
  for (const runId of ['run-1', 'run-2', 'run-3']) await registry.register(newVersion({ runId }));
});

function onDay(day: number) {
  return {
    model: MODEL,
    alias: 'champion',
    at: new Date(Date.UTC(2001, 4, day)),
    reason: `on day ${day}`,
    by: 'tests',
  };
}

describe('promote', () => {
  it('makes a version the champion, and keeps why, by whom and what the gate found', async () => {
    const decision = { metric: 'auc', challenger: 0.73, baseline: 0.61, passed: true };

    await registry.promote({ ...onDay(1), version: 2, decision });

    expect(await registry.championOf(MODEL)).toMatchObject({
      entry: 1,
      kind: 'promotion',
      version: 2,
      at: '2001-05-01T00:00:00.000Z',
      reason: 'on day 1',
      by: 'tests',
      decision,
    });
  });

  it('keeps aliases apart', async () => {
    await registry.promote({ ...onDay(1), version: 1 });
    await registry.promote({ ...onDay(2), version: 2, alias: 'challenger' });

    expect((await registry.championOf(MODEL)).version).toBe(1);
    expect((await registry.aliasOf(MODEL, 'challenger')).version).toBe(2);
  });

  it('puts a hundred concurrent promotions into one order and loses none', async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        registry.promote({ ...onDay(1), version: (at % 3) + 1, reason: `promotion ${at}` }),
      ),
    );

    const history = await registry.history(MODEL, 'champion');
    expect(history.map(({ entry }) => entry)).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
    expect(new Set(history.map(({ reason }) => reason)).size).toBe(100);
    expect(await registry.verify(MODEL, 'champion')).toEqual({ intact: true, entries: 100 });
  });

  it('adds one entry for a named request, however often it is made', async () => {
    const request = { ...onDay(1), version: 1, idempotencyKey: 'run-1' };
    const first = await registry.promote(request);
    await registry.promote({ ...onDay(2), version: 2 });

    const again = await registry.promote({ ...request, at: new Date('2001-05-03') });

    expect(again).toEqual(first);
    expect((await registry.championOf(MODEL)).version).toBe(2);
  });

  it('fails on a version that is not registered', async () => {
    await expect(registry.promote({ ...onDay(1), version: 9 })).rejects.toThrow(
      "model 'flight-delay' has no version 9 (newest: 3)",
    );
    expect(await registry.history(MODEL, 'champion')).toEqual([]);
  });

  it('fails on an alias that is not a name', async () => {
    await expect(
      registry.promote({ ...onDay(1), alias: 'Champion#1', version: 1 }),
    ).rejects.toThrow("alias 'Champion#1' must be lower case letters");
  });
});

describe('rollback', () => {
  it('puts back what was there before, one further each time', async () => {
    for (const version of [1, 2, 3]) await registry.promote({ ...onDay(version), version });

    expect((await registry.rollback(onDay(4))).version).toBe(2);
    expect((await registry.rollback(onDay(5))).version).toBe(1);
    expect((await registry.championOf(MODEL)).kind).toBe('rollback');
    expect(await registry.history(MODEL, 'champion')).toHaveLength(5);
  });

  it('goes back past a version that was promoted twice in a row', async () => {
    for (const [day, version] of [1, 2, 2].entries()) {
      await registry.promote({ ...onDay(day + 1), version });
    }

    expect((await registry.rollback(onDay(4))).version).toBe(1);
  });

  it('returns to what stood before a promotion that came after a rollback', async () => {
    await registry.promote({ ...onDay(1), version: 1 });
    await registry.promote({ ...onDay(2), version: 2 });
    await registry.rollback(onDay(3));
    await registry.promote({ ...onDay(4), version: 3 });

    expect((await registry.rollback(onDay(5))).version).toBe(1);
  });

  it('fails when there is nothing to go back to', async () => {
    await registry.promote({ ...onDay(1), version: 1 });

    await expect(registry.rollback(onDay(2))).rejects.toThrow(
      "alias 'champion' of model 'flight-delay' has stood on version 1 only, so there is nothing to go back to",
    );
  });

  it('fails when the alias was never set', async () => {
    await expect(registry.rollback(onDay(2))).rejects.toThrow(
      "has no alias 'champion' (has: none)",
    );
  });
});

describe('aliasOf', () => {
  it('fails when the alias is not set, naming those that are', async () => {
    await registry.promote({ ...onDay(1), alias: 'challenger', version: 3 });

    await expect(registry.championOf(MODEL)).rejects.toThrow(
      "model 'flight-delay' has no alias 'champion' (has: challenger -> 3); " +
        'set it with: tidemill promote flight-delay champion <version>',
    );
  });
});

async function versionOn(day: string) {
  return (await registry.aliasAt(MODEL, 'champion', new Date(day)))?.version;
}

describe('aliasAt', () => {
  it('tells what was champion at any time', async () => {
    for (const version of [1, 2]) await registry.promote({ ...onDay(version * 10), version });

    expect(await versionOn('2001-05-09')).toBeUndefined();
    expect(await versionOn('2001-05-10')).toBe(1);
    expect(await versionOn('2001-05-19T23:59:59.999Z')).toBe(1);
    expect(await versionOn('2001-06-01')).toBe(2);
  });
});

describe('verify', () => {
  const third = `alias#${MODEL}#champion / entry#00000003`;
  const spoil = (change: object) =>
    facts.facts.set(third, { ...facts.facts.get(third)!, ...change });

  beforeEach(async () => {
    for (const [day, version] of [1, 2, 3, 1, 2].entries()) {
      await registry.promote({ ...onDay(day + 1), version });
    }
  });

  it('finds an untouched history intact', async () => {
    expect(await registry.verify(MODEL, 'champion')).toEqual({ intact: true, entries: 5 });
  });

  it('names an entry whose content was changed', async () => {
    spoil({ version: 1 });

    expect(await registry.verify(MODEL, 'champion')).toEqual({
      intact: false,
      entry: 3,
      problem: 'its content does not match its own hash',
    });
  });

  it('names the place of an entry that was removed', async () => {
    facts.facts.delete(third);

    expect(await registry.verify(MODEL, 'champion')).toEqual({
      intact: false,
      entry: 3,
      problem: 'entry 4 stands in its place',
    });
  });
});

describe('a promotion that was decided against a version', () => {
  it('replaces that one and no other', async () => {
    await registry.promote({ ...onDay(1), version: 1 });
    await registry.promote({ ...onDay(2), version: 2, replaces: 1 });

    await expect(registry.promote({ ...onDay(3), version: 3, replaces: 1 })).rejects.toThrow(
      "alias 'champion' of model 'flight-delay' stands on 2, and was expected on 1",
    );
    expect((await registry.championOf(MODEL)).version).toBe(2);
  });

  it('fails where the alias stands on nothing', async () => {
    await expect(registry.promote({ ...onDay(1), version: 2, replaces: 1 })).rejects.toThrow(
      AliasMovedError,
    );
  });
});

describe('remove', () => {
  const challenger = { alias: 'challenger' };

  it('takes an alias away, and keeps in the history that it stood there', async () => {
    await registry.promote({ ...onDay(1), ...challenger, version: 2 });
    await registry.remove({ ...onDay(3), ...challenger, from: 2 });

    await expect(registry.aliasOf(MODEL, 'challenger')).rejects.toThrow('has no alias');
    expect(await registry.aliasAt(MODEL, 'challenger', onDay(2).at)).toMatchObject({ version: 2 });
    expect(await registry.aliasAt(MODEL, 'challenger', onDay(4).at)).toBeUndefined();
    expect(await registry.verify(MODEL, 'challenger')).toEqual({ intact: true, entries: 2 });
  });

  it('leaves alone an alias that stands elsewhere, or nowhere', async () => {
    expect(await registry.remove({ ...onDay(1), ...challenger, from: 2 })).toBeUndefined();
    await registry.promote({ ...onDay(2), ...challenger, version: 3 });
    expect(await registry.remove({ ...onDay(3), ...challenger, from: 2 })).toBeUndefined();
    expect((await registry.aliasOf(MODEL, 'challenger')).version).toBe(3);
  });

  it('asked for by the same name twice, happens once', async () => {
    await registry.promote({ ...onDay(1), ...challenger, version: 2 });
    const change = { ...onDay(2), ...challenger, from: 2, idempotencyKey: 'end of it' };
    expect(await registry.remove(change)).toEqual(await registry.remove(change));
    expect(await registry.history(MODEL, 'challenger')).toHaveLength(2);
  });

  it('goes no further back than to what stood before', async () => {
    await registry.promote({ ...onDay(1), version: 1 });
    await registry.promote({ ...onDay(2), version: 2 });
    await registry.remove({ ...onDay(3), from: 2 });
    await registry.promote({ ...onDay(4), version: 3 });
    expect((await registry.rollback(onDay(5))).version).toBe(1);
  });
});
