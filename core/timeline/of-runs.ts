/** What ran, why, and what came of it. */
import type { RunSummary } from '../runs/runs.ts';
import type { TimelineEntry } from './entry.ts';

/**
 * One entry a run; a training whose gate has decided has one more. Of monitorings that follow each
 * other and say the same, only the first is told.
 *
 * @param runs in any order
 */
export function entriesOfRuns(runs: readonly RunSummary[]): TimelineEntry[] {
  const inTime = runs.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  const monitors = inTime.filter(({ pipeline }) => pipeline === 'monitor');
  const others = inTime.filter(({ pipeline }) => pipeline !== 'monitor');
  return [
    ...others.map(entryOfRun),
    ...others.flatMap(entriesOfGate),
    ...monitors
      .filter((run, at) => at === 0 || saysAnew(monitors[at - 1]!, run))
      .map(entryOfMonitor),
  ];
}

function entryOfRun(run: RunSummary): TimelineEntry {
  const { startedAt, runId, pipeline, trigger, tags } = run;
  const why = tags['reason'] === undefined ? '' : ` (${tags['reason']})`;
  const text = `${pipeline} for ${trigger}${why}: ${outcomeOf(run)}`;
  return { at: startedAt, kind: 'run', text, runId };
}

function outcomeOf({ status, failure, tags }: RunSummary): string {
  if (status === 'failed') return `failed at ${failure ?? 'an unknown step'}`;
  return tags['outcome'] ?? status;
}

function entriesOfGate({ startedAt, runId, tags, pipeline }: RunSummary): TimelineEntry[] {
  const { gate, version, outcome } = tags;
  if (pipeline !== 'train' || gate === undefined) return [];
  const text = `${outcome === 'refused' ? 'refused' : 'passed'}: ${gate}`;
  const number = Number(version);
  return [{ at: startedAt, kind: 'gate', text, runId, ...(number > 0 && { version: number }) }];
}

function entryOfMonitor(run: RunSummary): TimelineEntry {
  return { at: run.startedAt, kind: 'monitor', text: verdictOf(run), runId: run.runId };
}

function saysAnew(before: RunSummary, now: RunSummary): boolean {
  return newsOf(before) !== newsOf(now);
}

/** What makes a verdict another one: numbers change each time, which monitors are bad does not. */
function newsOf({ status, metrics, tags, failure }: RunSummary): string {
  return JSON.stringify([status, metrics['rows'] === 0, tags['bad'], failure]);
}

function verdictOf({ status, failure, metrics, tags }: RunSummary): string {
  if (status === 'failed') return `monitoring failed at ${failure ?? 'an unknown step'}`;
  const { rows = 0, labelledRows = 0 } = metrics;
  return `${tags['says'] || 'nothing to look at'} (${rows} predictions, ${labelledRows} labels)`;
}
