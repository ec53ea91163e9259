import { followPipeline, startPipeline } from '../actions/pipelines.ts';
import type { Part } from './tour.ts';

export const monitorToday: Part = {
  title: 'monitor what was served today',
  async run({ target, model }, report) {
    const started = await startPipeline(target, model.name, {
      pipeline: 'monitor',
      asOf: new Date().toISOString(),
    });
    await followPipeline(started, report);
    return {
      count: 1,
      unit: 'report',
      note: `quality, drift and performance under reports/${model.name}/`,
    };
  },
};
