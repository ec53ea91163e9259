import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

describe('versions', () => {
  it('are numbered from 1 and keep what was registered', async () => {
    const registry = createRegistry(memoryFacts());

    const first = await registry.register(newVersion());
    const second = await registry.register(newVersion({ runId: 'run-2' }));

    const { at, ...file } = newVersion();
    expect(first).toEqual({ ...file, version: 1, createdAt: at.toISOString() });
    expect(second.version).toBe(2);
    expect(await registry.version('flight-delay', 1)).toEqual(first);
    expect(await registry.versions('flight-delay')).toEqual([second, first]);
  });

  it('are counted for each model by itself', async () => {
    const registry = createRegistry(memoryFacts());
    await registry.register(newVersion());

    const { version } = await registry.register(newVersion({ model: 'churn' }));

    expect(version).toBe(1);
  });

  it('keep their number when a job registers the same file again', async () => {
    const registry = createRegistry(memoryFacts());
    const first = await registry.register(newVersion());

    const again = await registry.register(newVersion({ at: new Date('2001-05-02T00:00:00Z') }));

    expect(again).toEqual(first);
    expect(await registry.versions('flight-delay')).toHaveLength(1);
  });

  it('get a number each when many runs race, without a gap', async () => {
    const registry = createRegistry(memoryFacts());

    const registered = await Promise.all(
      Array.from({ length: 50 }, (_, run) =>
        registry.register(newVersion({ runId: `run-${run}` })),
      ),
    );

    const numbers = registered.map(({ version }) => version).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
  });

  it('get one number when a job and its retry race', async () => {
    const registry = createRegistry(memoryFacts());

    await Promise.all(Array.from({ length: 10 }, () => registry.register(newVersion())));

    expect(await registry.versions('flight-delay')).toHaveLength(1);
  });

  it('fails on a version that is not there, and says which is the newest', async () => {
    const registry = createRegistry(memoryFacts());
    await expect(registry.version('flight-delay', 1)).rejects.toThrow(
      "model 'flight-delay' has no versions; train one with: tidemill train flight-delay",
    );
    await registry.register(newVersion());

    await expect(registry.version('flight-delay', 7)).rejects.toThrow(
      "model 'flight-delay' has no version 7 (newest: 1)",
    );
  });

  it('fails on a fact that no registry wrote', async () => {
    const facts = memoryFacts();
    await facts.putIfAbsent({ partition: 'model#flight-delay', sort: 'version#00000001' });

    await expect(createRegistry(facts).versions('flight-delay')).rejects.toThrow(
      "fact 'model#flight-delay' / 'version#00000001' is not a model version",
    );
  });
});
