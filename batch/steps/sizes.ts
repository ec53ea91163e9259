/** How much of a job's machine its parts may use. */
import type { DuckDbOptions } from '../../core/data/duckdb.ts';
import type { JobSize } from '../../core/model/definition.ts';

/** Half of the memory: the columns that are read from DuckDB need the other half. */
export function duckDbFor({ vcpus, memoryMiB }: JobSize, scratch: string): DuckDbOptions {
  return { memoryMiB: memoryMiB / 2, threads: Math.max(1, vcpus), scratch };
}
