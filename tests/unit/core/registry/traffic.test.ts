import { expect, it } from 'vitest';
import { createTrafficHistory } from '../../../../core/registry/traffic.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';

it('traffic that is set by the same name twice is one entry; without a name, two', async () => {
  const history = createTrafficHistory(memoryFacts());
  const canary = { kind: 'canary', share: 0.2 } as const;
  const change = { model: 'churn', traffic: canary, at: new Date('2001-05-01'), by: 'a rollout' };

  const first = await history.setTraffic({ ...change, idempotencyKey: 'rollout 1' });
  await history.setTraffic({ ...change, traffic: null, by: 'ada' });
  expect(await history.setTraffic({ ...change, idempotencyKey: 'rollout 1' })).toEqual(first);

  expect((await history.history('churn')).map(({ by }) => by)).toEqual(['a rollout', 'ada']);
  expect((await history.trafficOf('churn'))?.traffic).toBeNull();
});
