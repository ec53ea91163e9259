import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceRollout,
  approveRollout,
  openRollout,
  rejectRollout,
  RolloutNotOpenError,
} from '../../../../core/loop/advance.ts';
import type { LoopEntry } from '../../../../core/loop/entries.ts';
import type { Evidence } from '../../../../core/loop/guardrails.ts';
import { readLoop } from '../../../../core/loop/log.ts';
import { admitRetrain, type Policy } from '../../../../core/loop/retraining.ts';
import type { Stage } from '../../../../core/loop/settle.ts';
import { completeRollout } from '../../../../core/model/rollout.ts';
import { checkChain } from '../../../../core/registry/alias-entry.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { createTrafficHistory } from '../../../../core/registry/traffic.ts';
import { crashing } from '../../../fakes/crashing-facts.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'late-parcel';
const VERSIONS = 5;
const HOUR_MS = 3_600_000;
const policy: Policy = {
  model: MODEL,
  on: ['performance'],
  cooldownHours: 20,
  budgetPerMonth: 3,
  breakAfter: 3,
  patienceDays: 0,
  rollsOut: false,
  labelsToLearnFrom: 1000,
};
const declared = completeRollout({
  ...parcelDeclaration,
  rollout: {
    shadow: { hours: 5, minimumLabels: 10 },
    canary: { hours: 5, minimumLabels: 10, approval: 'person' },
  },
})!;

const evidence: Evidence = { labels: 20, due: 20, owed: 0, predictions: 20, usual: 20 };

/** What can happen to a model. */
const Event = fc.record({
  what: fc.constantFrom(
    'open' as const,
    'look' as const,
    'look' as const,
    'bad look' as const,
    'approve' as const,
    'reject' as const,
    'promote by hand' as const,
    'stop traffic' as const,
    'alarm' as const,
  ),
  hoursLater: fc.integer({ min: 0, max: 200 }),
  version: fc.integer({ min: 1, max: VERSIONS }),
  /** Writes that succeed before the process dies, and whether it dies before or after the next. */
  crash: fc.option(fc.record({ after: fc.integer({ min: 0, max: 3 }), isWritten: fc.boolean() })),
  twice: fc.boolean(),
});
type Happening = typeof Event extends fc.Arbitrary<infer Value> ? Value : never;

async function happen(stage: Stage, { what, version }: Happening, at: Date): Promise<unknown> {
  const { facts } = stage;
  const registry = createRegistry(facts);
  const said = { at, by: 'ada', reason: 'because' };
  const looked = { at, by: 'monitor' };
  switch (what) {
    case 'open': {
      const champion = (await registry.championOf(MODEL)).version;
      if (version === champion) return undefined;
      return openRollout(stage, { version, champion }, { ...said, by: `run-${version}` });
    }
    case 'look':
      return advanceRollout(stage, looked, async () => evidence);
    case 'bad look':
      return advanceRollout(stage, looked, async () => ({ ...evidence, owed: 20 }));
    case 'approve':
      return approveRollout(stage, said);
    case 'reject':
      return rejectRollout(stage, said);
    case 'promote by hand':
      return registry.promote({ model: MODEL, alias: 'champion', version, ...said });
    case 'stop traffic':
      return createTrafficHistory(facts).setTraffic({ model: MODEL, traffic: null, ...said });
    case 'alarm':
      return admitRetrain(facts, policy, { runId: at.toISOString(), at, reason: 'low' });
    default:
      return what satisfies never;
  }
}

async function walk(events: readonly Happening[]): Promise<MemoryFacts> {
  const facts = memoryFacts();
  const registry = createRegistry(facts);
  for (let run = 1; run <= VERSIONS; run++) {
    await registry.register(newVersion({ model: MODEL, runId: `run-${run}` }));
  }
  let now = Date.parse('2001-01-28T00:00:00Z');
  const first = { at: new Date(now), by: 'run-1', reason: 'the first' };
  await registry.promote({ model: MODEL, alias: 'champion', version: 1, ...first });
  for (const event of events) {
    now += event.hoursLater * HOUR_MS;
    const at = new Date(now);
    const table = event.crash ? crashing(facts, event.crash) : facts;
    const stage = { facts: table, model: MODEL, declared };
    const times = event.twice ? [1, 2] : [1];
    const done = await Promise.allSettled(times.map(() => happen(stage, event, at)));
    for (const outcome of done) {
      if (outcome.status === 'fulfilled' || outcome.reason instanceof RolloutNotOpenError) continue;
      if (event.crash === null) throw outcome.reason;
    }
  }
  // Whoever looks next makes good what a crash left half done.
  await advanceRollout(
    { facts, model: MODEL, declared },
    { at: new Date(now), by: 'monitor' },
    async () => ({
      ...evidence,
      labels: 0,
    }),
  );
  return facts;
}

/** Entries that say something of a version while another one is on its way. */
function outOfPlace(entries: readonly LoopEntry[]): LoopEntry[] {
  let open: number | undefined;
  return entries.filter((entry) => {
    if (entry.kind !== 'rollout') return false;
    const isOut = open !== undefined && open !== entry.version;
    open = entry.phase === 'open' ? entry.version : undefined;
    return isOut;
  });
}

async function expectChampionOnlyByPromotion(facts: MemoryFacts): Promise<void> {
  const entries = await readLoop(facts, MODEL);
  const history = await createRegistry(facts).history(MODEL, 'champion');
  expect(checkChain(history)).toEqual({ intact: true, entries: history.length });
  for (const { idempotencyKey, version, reason } of history) {
    expect(reason).not.toBe('');
    if (idempotencyKey === undefined) continue;
    const cause = entries[Number(idempotencyKey.replace('rollout ', '')) - 1];
    expect(cause).toMatchObject({ kind: 'rollout', phase: 'promoted', version });
  }
  const keys = history.flatMap((entry) => entry.idempotencyKey ?? []);
  expect(new Set(keys).size).toBe(keys.length);
}

async function expectTrafficAsTheLogSays(facts: MemoryFacts): Promise<void> {
  const newest = (await readLoop(facts, MODEL)).findLast((entry) => entry.kind === 'rollout');
  if (newest?.kind !== 'rollout' || newest.phase === 'open') return;
  const challenger = (await createRegistry(facts).history(MODEL, 'challenger')).at(-1);
  expect(challenger?.kind ?? 'removal').toBe('removal');
  const traffic = await createTrafficHistory(facts).trafficOf(MODEL);
  expect(traffic?.traffic ?? null).toBeNull();
}

describe('whatever happens, and wherever a process dies', () => {
  it('one version at most is on its way, and the champion changes by promotions that say why', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Event, { maxLength: 25 }), async (events) => {
        const facts = await walk(events);

        expect(outOfPlace(await readLoop(facts, MODEL))).toEqual([]);
        await expectChampionOnlyByPromotion(facts);
        await expectTrafficAsTheLogSays(facts);
      }),
      { numRuns: 60, seed: 17 },
    );
  });

  it('alarms start no more than the budget in any calendar month, and none before the rest is over', async () => {
    const alarms = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(alarms, fc.boolean(), async (gaps, twice) => {
        const events = gaps.map((hoursLater) => ({
          what: 'alarm' as const,
          hoursLater,
          version: 1,
          crash: null,
          twice,
        }));
        const facts = await walk(events);

        const started = (await readLoop(facts, MODEL)).map(({ at }) => at);
        for (const month of new Set(started.map((time) => time.slice(0, 7)))) {
          const inMonth = started.filter((time) => time.startsWith(month));
          expect(inMonth.length).toBeLessThanOrEqual(policy.budgetPerMonth);
        }
        for (const [place, time] of started.entries()) {
          const before = started[place - 1];
          if (before === undefined) continue;
          expect(Date.parse(time) - Date.parse(before)).toBeGreaterThanOrEqual(20 * HOUR_MS);
        }
      }),
      { numRuns: 40, seed: 17 },
    );
  });
});
