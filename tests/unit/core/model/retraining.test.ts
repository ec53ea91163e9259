import { describe, expect, it } from 'vitest';
import { defineModel, type ModelDeclaration } from '../../../../core/model/index.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';

const { monitors: _, ...unwatched } = parcelDeclaration;
const schedules = { monitor: 'rate(1 hour)' } as const;
const define = (change: Partial<ModelDeclaration>) => defineModel({ ...unwatched, ...change });

describe('retraining', () => {
  it.each([
    { rollout: { shadow: {} }, days: 0 },
    { rollout: { canary: {} }, days: 0 },
    { rollout: { promotion: { approval: 'person' } }, days: 7 },
  ] as const)('leaves it to the trials of $rollout to see whether a decline goes on', (given) => {
    const { rollout, days } = given;
    const rolled = define({ retraining: {}, rollout, schedules, serving: { online: {} } });
    expect(rolled.retraining?.patienceDays).toBe(days);
  });

  it('waits for performance, since drift may cost nothing', () => {
    expect(define({ retraining: {} }).retraining).toEqual({
      on: ['performance'],
      cooldownHours: 24,
      budgetPerMonth: 4,
      breakAfter: 3,
      patienceDays: 7,
    });
    expect(define({}).retraining).toBeUndefined();
  });

  it.each([
    [{ on: [] }, /retraining\.on is empty; name alarms \(performance, drift/],
    [{ cooldownHours: 0 }, /cooldownHours 0 must be above 0/],
    [{ budgetPerMonth: 0 }, /budgetPerMonth 0 must be a whole number above 0/],
    [{ breakAfter: 1.5 }, /breakAfter 1\.5 must be a whole number/],
  ] as const)('fails for %o', (retraining, message) => {
    expect(() => define({ retraining, schedules })).toThrow(message);
  });

  it('fails where no monitor ever runs that could ring', () => {
    expect(() => define({ retraining: { on: ['drift'] } })).toThrow(/declare schedules\.monitor/);
  });
});
