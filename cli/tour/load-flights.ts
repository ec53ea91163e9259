import { loadShipped } from '../actions/load.ts';
import { PAST } from './context.ts';
import type { Part } from './tour.ts';

export const loadFlights: Part = {
  title: 'load January to April',
  async run({ objects, model }, report) {
    const days = await loadShipped(objects, model, PAST, report);
    return { count: days, unit: 'days of flights', note: 'each an object in S3' };
  },
};
