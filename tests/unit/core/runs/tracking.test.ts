import { beforeEach, describe, expect, it } from 'vitest';
import { createRuns } from '../../../../core/runs/runs.ts';
import { createTracking, type Tracking } from '../../../../core/runs/tracking.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { type MemoryObjects, memoryObjects } from '../../../fakes/memory-objects.ts';

const name = { model: 'churn', runId: 'first' };
let facts: MemoryFacts;
let objects: MemoryObjects;
let tracking: Tracking;

beforeEach(() => {
  facts = memoryFacts();
  objects = memoryObjects();
  tracking = createTracking({ facts, objects, now: () => new Date('2001-05-01T10:00:00Z') });
});

const written = () => createRuns(facts).getRun(name);

describe('track', () => {
  it('writes down what a script logs, and finishes the run', async () => {
    const result = await tracking.track({ ...name, tags: { team: 'ops' } }, async (run) => {
      await run.logParameters({ leaves: 31 });
      await run.logMetric('loss', 0.5, 1);
      await run.logMetric('loss', 0.4, 2);
      await run.logMetrics({ auc: 0.7 });
      await run.logTags({ outcome: 'good' });
      return run.logArtifact('plots/loss.svg', '<svg/>', 'image/svg+xml');
    });

    expect(result).toBe('runs/churn/first/artifacts/plots/loss.svg');
    expect(objects.objects.get(result)?.toString()).toBe('<svg/>');
    expect(await written()).toMatchObject({
      status: 'finished',
      parameters: { leaves: 31 },
      metrics: {
        loss: [
          { step: 1, value: 0.5 },
          { step: 2, value: 0.4 },
        ],
        auc: [{ step: 0, value: 0.7 }],
      },
      tags: { team: 'ops', outcome: 'good' },
      artifacts: ['plots/loss.svg'],
    });
  });

  it('fails the run with the reason when the work throws, and can be run again', async () => {
    const broken = tracking.track(name, async () => {
      throw new Error('out of paper');
    });
    await expect(broken).rejects.toThrow('out of paper');
    expect(await written()).toMatchObject({ status: 'failed', failure: 'out of paper' });

    await tracking.track(name, async (run) => run.logParameters({ leaves: 31 }));
    expect((await written()).status).toBe('finished');
  });
});

describe('logArtifact', () => {
  it('takes the same file again, and fails on another one of its name', async () => {
    const run = await tracking.startRun(name);
    await run.logArtifact('a.txt', 'one');
    await run.logArtifact('a.txt', 'one');
    await expect(run.logArtifact('a.txt', 'two')).rejects.toThrow(
      "run 'first' has an artifact 'a.txt' with other content",
    );
    expect((await written()).artifacts).toEqual(['a.txt']);
  });

  it.each(['', '/a', '../a', 'a//b', 'a/./b'])('fails on the name %j', async (bad) => {
    const run = await tracking.startRun(name);
    await expect(run.logArtifact(bad, '')).rejects.toThrow(`artifact name '${bad}' must be`);
  });
});
