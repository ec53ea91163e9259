import * as z from 'zod';
import { callEndpoint } from '../actions/endpoint.ts';
import { shippedRows } from '../actions/shipped.ts';
import { outputOf } from '../target.ts';
import { EVERY, LIVE } from './context.ts';
import { featuresOf } from './features-of.ts';
import type { Part } from './tour.ts';

const Answer = z.object({
  predictions: z
    .array(z.object({ probability: z.number().optional(), prediction: z.number() }))
    .min(1),
});

export const predictOne: Part = {
  title: 'predict over HTTP',
  async run({ target, model }) {
    const [row = {}] = await shippedRows(model, LIVE, EVERY);
    const url = target.output(outputOf(model.name, 'Url'));
    const { predictions } = Answer.parse(
      await callEndpoint(url, '/predict', featuresOf(model, row)),
    );
    const percent = Math.round((predictions[0]?.probability ?? 0) * 100);
    return {
      count: predictions.length,
      unit: 'prediction',
      note: `${String(row['origin'])} to ${String(row['destination'])}: ${percent} % likely late`,
    };
  },
};
