/** Everything that a declaration in `models/` needs, from one place. */
export { defineModel, InvalidModelError } from './define.ts';
export type { ModelDeclaration, ModelDefinition } from './definition.ts';
export { category, dayOfWeek, minuteOfDay, number, timestamp } from './features.ts';
export {
  rollingCount,
  rollingMaximum,
  rollingMean,
  rollingMinimum,
  rollingSum,
} from './rolling-features.ts';
export { cron, daily, hourly, weekly } from './schedule.ts';
