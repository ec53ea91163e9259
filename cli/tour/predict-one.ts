import * as z from 'zod';
import { callModel } from '../actions/call-model.ts';
import { shippedRows } from '../actions/shipped.ts';
import { EVERY, LIVE } from './context.ts';
import { featuresOf } from './features-of.ts';
import type { Part } from './tour.ts';

const Answer = z.object({ probability: z.number() });

export const predictOne: Part = {
  title: 'predict over HTTP',
  async run({ target, model }) {
    const [row = {}] = await shippedRows(model, LIVE, EVERY);
    const body = featuresOf(model, row);
    const { probability } = Answer.parse(
      await callModel(target, model, { path: '/predict', body }),
    );
    return {
      count: 1,
      unit: 'prediction',
      note: `${String(row['origin'])} to ${String(row['destination'])}: ${Math.round(probability * 100)} % likely late`,
    };
  },
};
