/** What is written down about one run of a pipeline. */
import type { CheckResult } from '../data/checks/check.ts';
import type { Lineage } from '../model/lineage.ts';

export type RunStatus = 'running' | 'finished' | 'failed';

export type ParameterValue = string | number | boolean;

export interface MetricPoint {
  /** Iteration, epoch or window that it was measured at; 0 for a metric measured once. */
  readonly step: number;
  readonly value: number;
}

/** One set of parameters within a run, and what came of it. */
export interface CandidateResult {
  /** 0 for the first. */
  readonly candidate: number;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface StepState {
  readonly status: RunStatus;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly jobId?: string;
  /** One sentence for people. */
  readonly note?: string;
}

export interface Run {
  readonly model: string;
  readonly runId: string;
  readonly pipeline: string;
  /** What started it: 'schedule', 'manual', 'alarm', ... */
  readonly trigger: string;
  readonly status: RunStatus;
  /** Times are ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** The moment that the run looks at the world from. */
  readonly asOf: string;
  /** Why it failed. */
  readonly failure?: string;
  readonly lineage?: Lineage;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Every measured value by metric, in the order of steps. */
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
  readonly tags: Readonly<Record<string, string>>;
  /** By name, in no order; `at` tells when. */
  readonly steps: Readonly<Record<string, StepState>>;
  /** In the order of their numbers. */
  readonly candidates: readonly CandidateResult[];
  /** vCPU-seconds by attempt of a job, an attempt that was killed up to its last sign of life. */
  readonly cost: Readonly<Record<string, number>>;
  /** What was found of the data before training. */
  readonly checks: readonly CheckResult[];
  /** Names of the files below `artifacts/` of the run, in order. */
  readonly artifacts: readonly string[];
  /** What it ran on, such as 'node' and 'platform', by name. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Returns what a run has cost so far, in vCPU-seconds. */
export function vcpuSecondsOf({ cost }: Pick<Run, 'cost'>): number {
  return Object.values(cost).reduce((sum, seconds) => sum + seconds, 0);
}

/** Returns the newest value of each metric. */
export function latestMetrics({ metrics }: Pick<Run, 'metrics'>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, points]) => {
      const newest = points.at(-1);
      return newest ? [[name, newest.value]] : [];
    }),
  );
}
