/** Experiment tracking: the runs of a model, with what went in and what was measured. */
import type { Fact, FactTable } from '../aws/facts.ts';
import { failed, finished, withCandidate, withMetrics, withParameters } from './changes.ts';
import { RunNotFoundError } from './errors.ts';
import type { Lineage } from '../model/lineage.ts';
import type { CandidateResult, MetricPoint, ParameterValue, Run, StepState } from './run.ts';

export type { Lineage } from '../model/lineage.ts';
export { latestMetrics } from './run.ts';
export type {
  CandidateResult,
  MetricPoint,
  ParameterValue,
  Run,
  RunStatus,
  StepState,
} from './run.ts';

export interface RunName {
  readonly model: string;
  readonly runId: string;
}

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
  /** A failed run can still finish: a job that Batch retried made it. */
  finishRun(run: RunName, at: Date): Promise<Run>;
  /** @throws {RunFinishedError} */
  failRun(run: RunName, at: Date, failure: string): Promise<Run>;
  /** @throws {RunNotFoundError} */
  getRun(run: RunName): Promise<Run>;
  /** Newest start first. */
  listRuns(model: string, options?: { readonly limit?: number }): Promise<Run[]>;
}

export function createRuns(facts: FactTable): Runs {
  const change = (name: RunName, next: (run: Run) => Run): Promise<Run> =>
    changeRun(facts, name, next);

  const logMetricPoints: Runs['logMetricPoints'] = (name, metric, points) =>
    change(name, (run) => withMetrics(run, { [metric]: points }));

  return {
    logMetricPoints,
    logMetric: (name, metric, value, step = 0) => logMetricPoints(name, metric, [{ step, value }]),
    logMetrics: (name, metrics) => {
      const points: Record<string, MetricPoint[]> = {};
      for (const [metric, value] of Object.entries(metrics)) points[metric] = [{ step: 0, value }];
      return change(name, (run) => withMetrics(run, points));
    },
    logParameters: (name, parameters) => change(name, (run) => withParameters(run, parameters)),
    logTags: (name, tags) => change(name, (run) => ({ ...run, tags: { ...run.tags, ...tags } })),
    logLineage: (name, lineage) => change(name, (run) => ({ ...run, lineage })),
    logCandidate: (name, result) => change(name, (run) => withCandidate(run, result)),
    logStep: (name, step, { at, ...state }) =>
      change(name, (run) => ({
        ...run,
        steps: { ...run.steps, [step]: { ...state, at: at.toISOString() } },
      })),
    finishRun: (name, at) => change(name, (run) => finished(run, at)),
    failRun: (name, at, failure) => change(name, (run) => failed(run, at, failure)),
    getRun: async (name) => (await read(facts, name)).run,

    async startRun({ at, asOf, tags = {}, ...start }) {
      const run: Run = {
        ...start,
        status: 'running',
        startedAt: at.toISOString(),
        asOf: asOf.toISOString(),
        parameters: {},
        metrics: {},
        tags,
        steps: {},
        candidates: [],
      };
      const added = await facts.putIfAbsent({ ...placeOf(start), revision: 0, ...run });
      return added ? run : (await read(facts, start)).run;
    },

    async listRuns(model, { limit } = {}) {
      const found = await facts.query(partitionOf(model), { sortPrefix: 'run#' });
      return found
        .map((fact) => asRun(fact).run)
        .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .slice(0, limit);
    },
  };
}

/** Reads, changes and replaces; whoever loses the race reads again. */
async function changeRun(facts: FactTable, name: RunName, next: (run: Run) => Run): Promise<Run> {
  for (;;) {
    const { run, revision } = await read(facts, name);
    const changed = next(run);
    const fact = { ...placeOf(name), ...changed, revision: revision + 1 };
    if (await facts.replace(fact, revision)) return changed;
  }
}

async function read(facts: FactTable, name: RunName): Promise<{ run: Run; revision: number }> {
  const fact = await facts.get(placeOf(name));
  if (!fact) throw new RunNotFoundError(name.model, name.runId);
  return asRun(fact);
}

function asRun(fact: Fact): { run: Run; revision: number } {
  const { partition: _, sort, revision, ...run } = fact;
  if (typeof revision !== 'number' || !isRun(run)) {
    throw new TypeError(`fact '${sort}' is not a run; something else than Tidemill wrote it`);
  }
  return { run, revision };
}

function isRun(fact: object): fact is Run {
  return 'runId' in fact && 'status' in fact && 'startedAt' in fact && 'metrics' in fact;
}

function placeOf({ model, runId }: RunName) {
  return { partition: partitionOf(model), sort: `run#${runId}` };
}

function partitionOf(model: string): string {
  return `experiment#${model}`;
}
