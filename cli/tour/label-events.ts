import { callModel } from '../actions/call-model.ts';
import { shippedRows } from '../actions/shipped.ts';
import { EVERY, LIVE } from './context.ts';
import { eventId } from './features-of.ts';
import type { Part } from './tour.ts';

const BATCH = 1000;

export const labelEvents: Part = {
  title: 'send what really happened',
  async run({ target, model }, report) {
    const { column } = model.target;
    const rows = await shippedRows(model, LIVE, EVERY);
    const labels = rows.map((row, at) => ({ id: eventId(at), [column]: row[column] }));
    for (let start = 0; start < labels.length; start += BATCH) {
      const body = labels.slice(start, start + BATCH);
      await callModel(target, model, { path: '/labels', body });
      report(`${Math.min(start + BATCH, labels.length)} of ${labels.length}`);
    }
    return { count: labels.length, unit: 'labels', note: 'posted to the endpoint' };
  },
};
