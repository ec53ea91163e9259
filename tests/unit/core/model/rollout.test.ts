import { describe, expect, it } from 'vitest';
import { defineModel, type ModelDeclaration } from '../../../../core/model/index.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';

const schedules = { monitor: 'rate(1 hour)' } as const;
const define = (change: Partial<ModelDeclaration>) =>
  defineModel({ ...parcelDeclaration, serving: { online: {} }, schedules, ...change });

describe('rollout', () => {
  it('has the steps that are declared, each with its defaults', () => {
    const step = { hours: 24, minimumLabels: 500, approval: 'automatic' };
    expect(
      define({ rollout: { shadow: {}, canary: { approval: 'person', hours: 6 } } }).rollout,
    ).toEqual({
      shadow: { ...step, share: 1 },
      canary: { ...step, share: 0.1, hours: 6, approval: 'person' },
      promotion: { approval: 'automatic' },
      guardrails: {
        metric: 'auc',
        margin: 0,
        maximumErrorShare: 0.01,
        alarms: ['challenger-failures', 'predict-faults'],
      },
      giveUpAfterHours: 336,
    });
    expect(define({ rollout: {} }).rollout).not.toHaveProperty('canary');
    expect(define({}).rollout).toBeUndefined();
  });

  it.each([
    [{ canary: { share: 0 } }, /rollout\.canary\.share 0 must be above 0/],
    [{ shadow: { hours: -1 } }, /rollout\.shadow\.hours -1 must be 0 or above/],
    [{ shadow: { minimumLabels: 0.5 } }, /minimumLabels 0\.5 must be a whole number/],
    [{ guardrails: { metric: 'rmse' } }, /'rmse' cannot be told from records of a binary target/],
    [{ guardrails: { margin: -0.1 } }, /margin -0\.1 must be 0 or above/],
    [{ guardrails: { maximumErrorShare: 2 } }, /maximumErrorShare 2 must be from 0 to 1/],
    [{ giveUpAfterHours: 0 }, /giveUpAfterHours 0 must be above 0/],
  ] as const)('fails for %o', (rollout, message) => {
    expect(() => define({ rollout })).toThrow(message);
  });

  it('fails where nothing has traffic, or nothing would ever go on with it', () => {
    const rollout = { canary: {} };
    expect(() => define({ rollout, serving: { batch: {} } })).toThrow(/nothing serves it/);
    expect(() => define({ rollout, schedules: {} })).toThrow(/declare schedules\.monitor/);
  });
});
