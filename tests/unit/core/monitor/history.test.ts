import { describe, expect, it } from 'vitest';
import { readHistory, summaryKey, type WindowSummary } from '../../../../core/monitor/history.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';

const asOf = new Date('2001-03-01T06:00:00Z');

async function storeOf(backs: readonly number[], hours: number) {
  const objects = memoryObjects();
  for (const back of backs) {
    const at = new Date(asOf.getTime() - back * 3_600_000);
    const summary: WindowSummary = {
      asOf: at.toISOString(),
      version: 1,
      rows: back,
      drift: {},
      bad: [],
    };
    await objects.put(summaryKey('late-parcel', at, hours), JSON.stringify(summary));
  }
  return objects;
}

describe('readHistory', () => {
  it('takes windows that follow each other, oldest first, across the end of a month', async () => {
    const objects = await storeOf([0, 1, 24, 48, 71, 72, 24 * 61], 24);
    const { line } = await readHistory(objects, 'late-parcel', { asOf, hours: 24 });
    expect(line.map(({ rows }) => rows)).toEqual([72, 48, 24]);
  });

  it('takes the same hour of the weeks before, and of short windows the hours beside', async () => {
    const objects = await storeOf([167, 168, 169, 170, 336], 1);
    const { sameHour } = await readHistory(objects, 'late-parcel', { asOf, hours: 1 });
    expect(sameHour.map(({ rows }) => rows)).toEqual([167, 168, 169, 336]);
  });

  it('is empty where nothing was monitored yet', async () => {
    expect(await readHistory(memoryObjects(), 'late-parcel', { asOf, hours: 24 })).toEqual({
      line: [],
      sameHour: [],
    });
  });
});
