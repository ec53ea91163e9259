/** How much of a job's machine its parts may use. */
import type { DuckDbOptions } from '../../core/data/duckdb.ts';
import type { JobSize } from '../../core/model/definition.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { StepContext } from '../step.ts';

/** Half of the memory: the columns that are read from DuckDB need the other half. */
export function duckDbFor({ vcpus, memoryMiB }: JobSize, scratch: string): DuckDbOptions {
  return { memoryMiB: memoryMiB / 2, threads: Math.max(1, vcpus), scratch };
}

/** Defaults for a model that declares no batch scoring and is scored by hand all the same. */
const UNDECLARED = {
  job: { vcpus: 1, memoryMiB: 2048 },
  holdsMiB: 1024,
  rowsPerShard: 1_000_000,
  maximumRejectedShare: 0.05,
} as const;

export function batchOf({
  serving,
}: Pick<ModelDefinition, 'serving'>): Omit<
  NonNullable<ModelDefinition['serving']['batch']>,
  'keys' | 'maximumRowsChange' | 'readyBy'
> {
  return serving.batch ?? UNDECLARED;
}

/** A quarter of what the job may hold: the runtime, the model and what is between need the rest. */
export function duckDbForScoring({
  definition,
  scratch,
}: Pick<StepContext, 'definition' | 'scratch'>): DuckDbOptions {
  const { holdsMiB, job } = batchOf(definition);
  return { memoryMiB: holdsMiB / 4, threads: Math.max(1, job.vcpus), scratch };
}
