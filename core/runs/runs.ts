/** Experiment tracking: the runs of a model, with what went in and what was measured. */
import type { FactTable } from '../aws/facts.ts';
import type { CheckResult } from '../data/checks/check.ts';
import type { Lineage } from '../model/lineage.ts';
import {
  failed,
  finished,
  resumed,
  withArtifact,
  withCandidate,
  withMetrics,
  withParameters,
} from './changes.ts';
import type { CandidateResult, MetricPoint, ParameterValue, Run, StepState } from './run.ts';
import { RunNotFoundError } from './errors.ts';
import { openRunStore, type RunName } from './run-store.ts';
import type { RunSearch } from './search.ts';
import type { RunSummary } from './summary.ts';

export type { Lineage } from '../model/lineage.ts';
export { latestMetrics, vcpuSecondsOf } from './run.ts';
export type { RunName } from './run-store.ts';
export type { RunSearch } from './search.ts';
export type { RunSummary } from './summary.ts';
export type { CandidateResult, MetricPoint, ParameterValue, Run, StepState } from './run.ts';

export interface RunStart extends RunName {
  readonly pipeline: string;
  readonly trigger: string;
  readonly at: Date;
  readonly asOf: Date;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Every writer may be called again with the same values: a job that is retried changes nothing. */
export interface Runs {
  /** Starts a run, or returns the one of this id. */
  startRun(start: RunStart): Promise<Run>;
  /** @throws {ParameterChangedError} if one has another value already */
  logParameters(run: RunName, parameters: Readonly<Record<string, ParameterValue>>): Promise<Run>;
  /** @throws {MetricNotFiniteError} */
  logMetric(run: RunName, metric: string, value: number, step?: number): Promise<Run>;
  /** Many points of one metric in one write. @throws {MetricNotFiniteError} */
  logMetricPoints(run: RunName, metric: string, points: readonly MetricPoint[]): Promise<Run>;
  /** Several metrics, each measured once. @throws {MetricNotFiniteError} */
  logMetrics(run: RunName, metrics: Readonly<Record<string, number>>): Promise<Run>;
  logTags(run: RunName, tags: Readonly<Record<string, string>>): Promise<Run>;
  logLineage(run: RunName, lineage: Lineage): Promise<Run>;
  logCandidate(run: RunName, result: CandidateResult): Promise<Run>;
  logStep(run: RunName, step: string, state: Omit<StepState, 'at'> & { at: Date }): Promise<Run>;
  logChecks(run: RunName, checks: readonly CheckResult[]): Promise<Run>;
  logEnvironment(run: RunName, environment: Readonly<Record<string, string>>): Promise<Run>;
  /** Notes that a file of this name lies below the run's `artifacts/`. */
  noteArtifact(run: RunName, name: string): Promise<Run>;
  /** vCPU-seconds of one attempt so far; a later figure of the same attempt replaces it. */
  logCost(run: RunName, attempt: string, vcpuSeconds: number): Promise<Run>;
  /** A failed run runs again. */
  resumeRun(run: RunName): Promise<Run>;
  /** A failed run can still finish: a job that Batch retried made it. */
  finishRun(run: RunName, at: Date): Promise<Run>;
  /** @throws {RunFinishedError} */
  failRun(run: RunName, at: Date, failure: string): Promise<Run>;
  /** @throws {RunNotFoundError} */
  getRun(run: RunName): Promise<Run>;
  /** Every run of a model in one line each; filtered, and the newest start first. @throws {FilterError} */
  searchRuns(model: string, search?: RunSearch): Promise<RunSummary[]>;
  /** Writes down a run that happened elsewhere, as it is; false if there is one of its id. */
  addRun(run: Run): Promise<boolean>;
}

export function createRuns(facts: FactTable): Runs {
  const { index, get, add, change } = openRunStore(facts);

  const logMetricPoints: Runs['logMetricPoints'] = (name, metric, points) =>
    change(name, (run) => withMetrics(run, { [metric]: points }));

  return {
    logMetricPoints,
    logMetric: (name, metric, value, step = 0) => logMetricPoints(name, metric, [{ step, value }]),
    logMetrics: (name, metrics) => change(name, (run) => withMetrics(run, measuredOnce(metrics))),
    logParameters: (name, parameters) => change(name, (run) => withParameters(run, parameters)),
    logTags: (name, tags) => change(name, (run) => ({ ...run, tags: { ...run.tags, ...tags } })),
    logLineage: (name, lineage) => change(name, (run) => ({ ...run, lineage })),
    logCandidate: (name, result) => change(name, (run) => withCandidate(run, result)),
    logStep: (name, step, { at, ...state }) =>
      change(name, (run) => ({
        ...run,
        steps: { ...run.steps, [step]: { ...state, at: at.toISOString() } },
      })),
    logChecks: (name, checks) => change(name, (run) => ({ ...run, checks })),
    logEnvironment: (name, environment) => change(name, (run) => ({ ...run, environment })),
    noteArtifact: (name, artifact) => change(name, (run) => withArtifact(run, artifact)),
    logCost: (name, attempt, vcpuSeconds) =>
      change(name, (run) => ({ ...run, cost: { ...run.cost, [attempt]: vcpuSeconds } })),
    resumeRun: (name) => change(name, resumed),
    finishRun: (name, at) => change(name, (run) => finished(run, at)),
    failRun: (name, at, failure) => change(name, (run) => failed(run, at, failure)),
    getRun: get,
    searchRuns: (model, search = {}) => index.search(model, search),
    addRun: add,
    startRun: async (start) => {
      const run = startedRun(start);
      return (await add(run)) ? run : get(start);
    },
  };
}

function startedRun({ at, asOf, tags = {}, ...start }: RunStart): Run {
  return {
    ...start,
    status: 'running',
    startedAt: at.toISOString(),
    asOf: asOf.toISOString(),
    parameters: {},
    metrics: {},
    tags,
    steps: {},
    candidates: [],
    cost: {},
    checks: [],
    artifacts: [],
    environment: {},
  };
}

function measuredOnce(metrics: Readonly<Record<string, number>>): Record<string, MetricPoint[]> {
  return Object.fromEntries(
    Object.entries(metrics).map(([metric, value]) => [metric, [{ step: 0, value }]]),
  );
}

/** The run of a name; undefined if there is none. */
export async function findRun(facts: FactTable, name: RunName): Promise<Run | undefined> {
  try {
    return await createRuns(facts).getRun(name);
  } catch (error) {
    if (error instanceof RunNotFoundError) return undefined;
    throw error;
  }
}
