import { loadShipped } from '../actions/load.ts';
import { scoreBatch } from '../actions/scoring.ts';
import { shippedRows } from '../actions/shipped.ts';
import { SCORED_DAY } from './context.ts';
import type { Part } from './tour.ts';

export const scoreDay: Part = {
  title: 'score one day as a batch',
  async run({ target, model, objects }, report) {
    await loadShipped(objects, model, SCORED_DAY, report);
    await scoreBatch(target, model.name, { asOf: new Date(`${SCORED_DAY.to}T03:00:00Z`) }, report);
    const rows = await shippedRows(model, SCORED_DAY, 1);
    return { count: rows.length, unit: 'flights', note: `of ${SCORED_DAY.from}` };
  },
};
