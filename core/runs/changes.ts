/** How a run changes. Each change, made twice, leaves what it left the first time. */
import { MetricNotFiniteError, ParameterChangedError, RunFinishedError } from './errors.ts';
import type { CandidateResult, MetricPoint, ParameterValue, Run } from './run.ts';

export function withParameters(
  run: Run,
  parameters: Readonly<Record<string, ParameterValue>>,
): Run {
  for (const [name, value] of Object.entries(parameters)) {
    const known = run.parameters[name];
    if (known !== undefined && known !== value) {
      throw new ParameterChangedError(run.runId, name, known, value);
    }
  }
  return { ...run, parameters: { ...run.parameters, ...parameters } };
}

export function withMetrics(
  run: Run,
  added: Readonly<Record<string, readonly MetricPoint[]>>,
): Run {
  const metrics = { ...run.metrics };
  for (const [metric, points] of Object.entries(added)) {
    const bySteps = new Map((metrics[metric] ?? []).map((point) => [point.step, point]));
    for (const point of points) {
      if (!Number.isFinite(point.value)) {
        throw new MetricNotFiniteError(run.runId, metric, point.value);
      }
      bySteps.set(point.step, point);
    }
    metrics[metric] = [...bySteps.values()].toSorted((a, b) => a.step - b.step);
  }
  return { ...run, metrics };
}

export function withCandidate(run: Run, result: CandidateResult): Run {
  const others = run.candidates.filter(({ candidate }) => candidate !== result.candidate);
  const candidates = [...others, result].toSorted((a, b) => a.candidate - b.candidate);
  return { ...run, candidates };
}

export function failed({ failure: earlier, ...run }: Run, at: Date, failure: string): Run {
  if (run.status === 'finished') throw new RunFinishedError(run.runId, run.finishedAt ?? '');
  // The first failure is the cause; what fails after it is a consequence.
  return {
    ...run,
    status: 'failed',
    finishedAt: run.finishedAt ?? at.toISOString(),
    failure: earlier ?? failure,
  };
}

export function finished(run: Run, at: Date): Run {
  if (run.status === 'finished') return run;
  const { failure: _madeGood, ...rest } = run;
  return { ...rest, status: 'finished', finishedAt: at.toISOString() };
}

/** A failed run that somebody goes on with. */
export function resumed(run: Run): Run {
  if (run.status !== 'failed') return run;
  const { failure: _tried, finishedAt: _then, ...rest } = run;
  return { ...rest, status: 'running' };
}

export function withArtifact(run: Run, name: string): Run {
  if (run.artifacts.includes(name)) return run;
  return { ...run, artifacts: [...run.artifacts, name].toSorted() };
}
