import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../../core/model/define.ts';
import type { Monitors } from '../../../../core/model/monitors.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';

const define = (monitors?: Monitors) => {
  const { monitors: _, ...rest } = parcelDeclaration;
  return defineModel({ ...rest, ...(monitors && { monitors }) });
};

describe('monitors', () => {
  it('are all there for a model that declares none', () => {
    expect(define().monitors).toMatchObject({
      windowHours: 24,
      quality: { maximumUnseenShare: 0.02 },
      drift: { numbers: 'psi', thresholds: { psi: 0.25, ks: 0.2 } },
      performance: { metric: 'auc', minimumLabels: 500 },
      sustained: { bad: 2, of: 3 },
    });
  });

  it('take the metric that records tell of several classes', () => {
    const { monitors } = defineModel({
      ...parcelDeclaration,
      target: { kind: 'multiclass', column: 'days_late', classes: ['0', '1'] },
      gate: { metric: 'log-loss', beatBaselineBy: 0 },
      monitors: {},
    });
    expect(monitors.performance.metric).toBe('accuracy');
  });

  it('keep what is declared beside what is not', () => {
    const { drift } = define({ driftThreshold: 0.1, drift: { thresholds: { ks: 0.3 } } }).monitors;
    expect(drift.thresholds).toMatchObject({ psi: 0.1, ks: 0.3, wasserstein: 0.5 });
  });

  it.each<{ wrong: Monitors; says: RegExp }>([
    {
      wrong: { quality: { maximumMissingShare: 7 } },
      says: /maximumMissingShare 7 must be from 0 to 1/,
    },
    { wrong: { drift: { significance: -1 } }, says: /drift\.significance -1 must be from 0 to 1/ },
    { wrong: { driftThreshold: 0 }, says: /driftThreshold 0 must be above 0/ },
    { wrong: { drift: { thresholds: { ks: -2 } } }, says: /thresholds\.ks -2 must be above 0/ },
    {
      wrong: { drift: { features: { depot: 'wasserstein' } } },
      says: /depot 'wasserstein' does not measure a category; use psi, jensen-shannon, chi-squared/,
    },
    {
      wrong: { drift: { features: { sent: 'psi' } } },
      says: /names 'sent', which has no distribution/,
    },
    {
      wrong: { drift: { features: { minute: 'chi-squared' } } },
      says: /does not measure a number/,
    },
    {
      wrong: { performance: { slices: ['weight'] } },
      says: /names 'weight', which is not a category/,
    },
    { wrong: { performance: { metric: 'rmse' } }, says: /'rmse' does not measure a binary target/ },
    { wrong: { windowHours: 0.5 }, says: /windowHours 0.5 must be a whole number from 1 on/ },
    { wrong: { sustained: { bad: 3, of: 2 } }, says: /wants 3 bad windows of 2/ },
  ])('fail with what to write for $wrong', ({ wrong, says }) => {
    expect(() => define(wrong)).toThrow(says);
  });
});
