import { describe, expect, it } from 'vitest';
import { type ModelDeclaration, rollingCount, rollingMean } from '../../../../core/model/index.ts';
import {
  historyDays,
  rollingGroups,
  sentFeatures,
} from '../../../../core/model/rolling-features.ts';
import { signatureOf } from '../../../../core/model/signature.ts';
import { rolling, rollingFlights } from '../../../fakes/rolling-flights.ts';

describe('rolling features', () => {
  it('are numbers of the model that callers do not send', () => {
    const definition = rollingFlights();

    expect(signatureOf(definition).numbers).toEqual(['distance', ...Object.keys(rolling)]);
    expect(Object.keys(sentFeatures(definition))).toEqual(['date', 'distance', 'origin', 'haul']);
    expect(definition.features['mean_delay_1h']?.description).toBe(
      'Mean of labels that came to be known of the same origin in the 60 minutes before',
    );
  });

  it('are kept together by entity and length of bucket, a sixtieth of the window', () => {
    expect(rollingGroups(rolling)).toMatchObject([
      { name: 'origin-1', bucketMs: 60_000, span: 60 },
      { name: 'origin-2', bucketMs: 120_000, span: 60 },
      { name: 'haul-1', bucketMs: 60_000, span: 30 },
    ]);
  });

  it('want as many days of earlier data as the longest window and its labels reach back', () => {
    const day = 24 * 60;
    const week = { visits: rollingCount({ by: 'origin', overMinutes: 7 * day }) };

    expect(historyDays(week, {})).toBe(7);
    expect(historyDays(week, { knownAfterMinutes: 1 })).toBe(8);
    expect(historyDays({}, {})).toBe(0);
  });

  it.each<{ wrong: string; change: Partial<ModelDeclaration>; says: RegExp }>([
    {
      wrong: 'an entity that is no category',
      change: { rolling: { n: rollingCount({ by: 'distance', overMinutes: 60 }) } },
      says: /'n' goes by 'distance', which is not a category/,
    },
    {
      wrong: 'a window that its buckets do not fill',
      change: { rolling: { n: rollingCount({ by: 'origin', overMinutes: 61 }) } },
      says: /61 minutes, which is no multiple of its buckets of 2; write 60 or 62/,
    },
    {
      wrong: 'a window of no whole minutes',
      change: { rolling: { n: rollingCount({ by: 'origin', overMinutes: 0.5 }) } },
      says: /over 0.5 minutes; write a whole number from 1/,
    },
    {
      wrong: 'a mean of text',
      change: { rolling: { n: rollingMean({ of: 'haul', by: 'origin', overMinutes: 60 }) } },
      says: /is of 'haul', which is no number feature/,
    },
    {
      wrong: 'a mean of nothing',
      change: { rolling: { n: { aggregate: 'mean', by: 'origin', overMinutes: 60 } } },
      says: /'n' says not of what/,
    },
    {
      wrong: 'a mean of classes',
      change: {
        target: { kind: 'multiclass', column: 'delay', classes: ['a', 'b'] },
        gate: { metric: 'accuracy', beatBaselineBy: 0 },
        trainer: { algorithm: 'gradient-boosted-trees' },
        rolling: { n: rollingMean({ of: 'label', by: 'origin', overMinutes: 60 }) },
      },
      says: /takes the mean of classes/,
    },
    {
      wrong: 'the name of a feature',
      change: { rolling: { distance: rollingCount({ by: 'origin', overMinutes: 60 }) } },
      says: /'distance' has the name of a feature/,
    },
    {
      wrong: 'a name that no column has',
      change: { rolling: { '1h': rollingCount({ by: 'origin', overMinutes: 60 }) } },
      says: /'1h' must be letters/,
    },
    {
      wrong: 'labels that nobody knows the time of',
      change: { labels: {} },
      says: /need to know when past labels were known/,
    },
    {
      wrong: 'labels that are known twice',
      change: { labels: { knownAfterMinutes: 10, knownAt: 'landed' } },
      says: /both knownAfterMinutes and knownAt/,
    },
    {
      wrong: 'labels that are known before',
      change: { labels: { knownAfterMinutes: -1 } },
      says: /knownAfterMinutes -1 must be 0 or above/,
    },
    {
      wrong: 'no stream to keep them',
      change: { serving: { online: {} } },
      says: /kept by the stream's consumer/,
    },
    {
      wrong: 'no endpoint to take labels',
      change: { serving: { stream: {} } },
      says: /need labels, which come by POST \/labels/,
    },
    {
      wrong: 'batches, which see no history',
      change: { serving: { online: {}, stream: {}, batch: {} } },
      says: /serving.batch cannot compute rolling features/,
    },
  ])('fails on $wrong', ({ change, says }) => {
    expect(() => rollingFlights(change)).toThrow(says);
  });

  it('fails on a feature that is called as the target is here', () => {
    const label = { kind: 'number', description: 'Of something' } as const;
    const features = { ...sentFeatures(rollingFlights()), label };

    expect(() => rollingFlights({ features })).toThrow(/feature 'label' has the name/);
  });
});
