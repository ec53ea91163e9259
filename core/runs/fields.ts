/** What a filter or an order can name: `metrics.auc`, `params.leaves`, `tags.team`, `status`. */
import type { RunSummary } from './summary.ts';

export type FieldValue = string | number | boolean | undefined;

/** Reads a field of a run; undefined where the run has no such value. */
export type Field = (run: RunSummary) => FieldValue;

const ATTRIBUTES: Readonly<Record<string, Field>> = {
  runId: ({ runId }) => runId,
  pipeline: ({ pipeline }) => pipeline,
  trigger: ({ trigger }) => trigger,
  status: ({ status }) => status,
  startedAt: ({ startedAt }) => startedAt,
  finishedAt: ({ finishedAt }) => finishedAt,
  asOf: ({ asOf }) => asOf,
  vcpuSeconds: ({ vcpuSeconds }) => vcpuSeconds,
};

const OWN = (values: Readonly<Record<string, FieldValue>>, name: string): FieldValue =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** By the first word of a field's name; the longer ones are MLflow's. */
const GROUPS: Readonly<Record<string, (name: string) => Field | undefined>> = {
  metrics: (name) => (run) => OWN(run.metrics, name),
  params: (name) => (run) => OWN(run.parameters, name),
  tags: (name) => (run) => OWN(run.tags, name),
  attributes: (name) => ATTRIBUTES[name],
};

const SYNONYMS: Readonly<Record<string, string>> = {
  metric: 'metrics',
  param: 'params',
  parameter: 'params',
  parameters: 'params',
  tag: 'tags',
  attribute: 'attributes',
  run: 'attributes',
};

/** What may be named, for messages. */
export const FIELDS = `metrics.<name>, params.<name>, tags.<name>, ${Object.keys(ATTRIBUTES).join(', ')}`;

/** @returns undefined if there is no such field */
export function fieldOf(name: string): Field | undefined {
  const dot = name.indexOf('.');
  if (dot < 0) return ATTRIBUTES[name];
  const group = name.slice(0, dot);
  const rest = name.slice(dot + 1).replaceAll(/^["`]|["`]$/g, '');
  return GROUPS[SYNONYMS[group] ?? group]?.(rest);
}
