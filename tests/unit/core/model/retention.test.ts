import { expect, it } from 'vitest';
import { completeRetention, problemsOfRetention } from '../../../../core/model/retention.ts';

it('records are kept for more than a year unless the declaration says otherwise', () => {
  expect(completeRetention()).toEqual({ recordsDays: 400, quarantineDays: 30 });
  expect(completeRetention({ recordsDays: 90 })).toEqual({ recordsDays: 90, quarantineDays: 30 });
});

it.each([0, 1.5, -3])('fails on %s days', (recordsDays) => {
  expect(problemsOfRetention({ recordsDays })).toEqual([
    `retention.recordsDays is ${recordsDays}; write whole days, at least 1`,
  ]);
});
