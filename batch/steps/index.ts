/** The steps by name. Each is loaded when it runs: scoring needs no trainer, promoting no DuckDB. */
import type { Step } from '../../core/pipeline/plan.ts';
import type { StepAction } from '../step.ts';

export const steps: Readonly<Record<Step, () => Promise<StepAction>>> = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  train: async () => (await import('./train.ts')).trainRung(0),
  'train-2': async () => (await import('./train.ts')).trainRung(1),
  'train-3': async () => (await import('./train.ts')).trainRung(2),
  'train-4': async () => (await import('./train.ts')).trainRung(3),
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  register: async () => (await import('./register.ts')).register,
  promote: async () => (await import('./promote.ts')).promote,
  score: async () => (await import('./score.ts')).score,
  shard: async () => (await import('./shard.ts')).shard,
  publish: async () => (await import('./publish.ts')).publish,
  rebuild: async () => (await import('./rebuild.ts')).rebuild,
  monitor: async () => (await import('./monitor.ts')).monitor,
};
