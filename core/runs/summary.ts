/** A run in one line: what lists, searches and comparisons need of it. */
import { latestMetrics, vcpuSecondsOf, type ParameterValue, type Run } from './run.ts';

export interface RunSummary extends Pick<
  Run,
  'runId' | 'pipeline' | 'trigger' | 'status' | 'startedAt' | 'finishedAt' | 'asOf' | 'failure'
> {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** The newest value of each. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly vcpuSeconds: number;
}

export function summaryOf(run: Run): RunSummary {
  const { runId, pipeline, trigger, status, startedAt, finishedAt, asOf, failure } = run;
  return {
    runId,
    pipeline,
    trigger,
    status,
    startedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    asOf,
    ...(failure !== undefined && { failure: failure.slice(0, LONGEST_FAILURE) }),
    parameters: run.parameters,
    metrics: latestMetrics(run),
    tags: run.tags,
    vcpuSeconds: Math.round(vcpuSecondsOf(run) * 10) / 10,
  };
}

const LONGEST_FAILURE = 200;
