import * as z from 'zod';
import { callEndpoint } from '../actions/endpoint.ts';
import { shippedRows } from '../actions/shipped.ts';
import { outputOf } from '../target.ts';
import { EVERY, LIVE } from './context.ts';
import { featuresOf } from './features-of.ts';
import type { Part } from './tour.ts';

const Answer = z.object({ probability: z.number() });

export const predictOne: Part = {
  title: 'predict over HTTP',
  async run({ target, model }) {
    const [row = {}] = await shippedRows(model, LIVE, EVERY);
    const url = target.output(outputOf(model.name, 'Url'));
    const { probability } = Answer.parse(
      await callEndpoint(url, '/predict', featuresOf(model, row)),
    );
    return {
      count: 1,
      unit: 'prediction',
      note: `${String(row['origin'])} to ${String(row['destination'])}: ${Math.round(probability * 100)} % likely late`,
    };
  },
};
