import { describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../../core/model/records.ts';
import { backgroundSink } from '../../../lambdas/background-sink.ts';

function record(id: string): PredictionRecord {
  return { id, model: 'm', version: 1, source: 'online', at: '', features: {}, prediction: 0 };
}

describe('backgroundSink', () => {
  it('keeps in one put what comes together, in its order', async () => {
    const puts: string[][] = [];
    const sink = backgroundSink({
      keep: async (records) => void puts.push(records.map(({ id }) => id)),
    });

    await Promise.all([sink.keep([record('1')]), sink.keep([record('2'), record('3')])]);
    expect(puts).toEqual([]);
    await sink.drained();

    expect(puts).toEqual([['1', '2', '3']]);
  });

  it('puts no more at once than the stream takes, and loses none', async () => {
    const sizes: number[] = [];
    const sink = backgroundSink({ keep: async (records) => void sizes.push(records.length) });

    await sink.keep(Array.from({ length: 1200 }, (_, at) => record(String(at))));
    await sink.drained();

    expect(sizes).toEqual([500, 500, 200]);
  });
});
