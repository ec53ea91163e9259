import { expect, it } from 'vitest';
import { heldBackOf, ringingAlarms } from '../../../../core/loop/alarms.ts';
import { readLoop } from '../../../../core/loop/log.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';

it.each([
  { sort: 'entry#00000001', read: readLoop, what: 'an entry of the loop' },
  { sort: 'alarm#performance', read: ringingAlarms, what: 'an alarm' },
  { sort: 'held#2001', read: heldBackOf, what: 'a training that was held back' },
])('fails on $sort that something else wrote', async ({ sort, read, what }) => {
  const facts = memoryFacts();
  await facts.putIfAbsent({ partition: 'loop#churn', sort, text: 'hello' });
  await expect(read(facts, 'churn')).rejects.toThrow(`is not ${what}; something else`);
});
