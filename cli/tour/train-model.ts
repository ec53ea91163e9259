import * as z from 'zod';
import { callModel } from '../actions/call-model.ts';
import { followPipeline, startPipeline } from '../actions/pipelines.ts';
import { PAST } from './context.ts';
import type { Part } from './tour.ts';

const Served = z.object({ version: z.union([z.number(), z.string()]) });

export const trainModel: Part = {
  title: 'train, evaluate, register, promote',
  async run({ target, model, sample }, report) {
    const started = await startPipeline(target, model.name, {
      pipeline: 'train',
      asOf: `${PAST.to}T00:00:00Z`,
      options: sample < 1 ? { sample } : {},
    });
    await followPipeline(started, report);
    const served = Served.parse(await callModel(target, model, { path: '/' }));
    const thinned = sample < 1 ? ` from a ${sample * 100} % sample of the rows` : '';
    return {
      count: started.jobs.length,
      unit: 'job steps',
      note: `version ${served.version} is champion${thinned}`,
    };
  },
};
