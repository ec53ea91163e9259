/** Ground truth that comes over HTTP, by prediction id. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { dayOf, layout } from '../model/layout.ts';
import type { Problem } from '../model/problem.ts';
import type { LabelRecord } from '../model/records.ts';
import { labelledBy } from '../model/rolling-features.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { LONGEST_CATEGORY, momentOf } from './feature-columns.ts';
import { InvalidRowsError } from './errors.ts';
import { type HttpAnswer, type HttpRequest, readJson } from './http.ts';
import { describe, isPlainObject, pointerPart, quoted } from './problems.ts';
import { EXPECTED_ID, asId } from './records.ts';
import type { KnownLabel } from './rolling/rolling-values.ts';

/** Labels of one request. */
export const MAXIMUM_LABELS = 10_000;

/**
 * `POST /labels`: `[{ "id": "...", "<target column>": value }]`, where rolling features go by labels
 * also with the entity that each is of. Kept once this has answered.
 */
export async function takeLabels(
  { definition, objects, rolling }: Pick<EndpointParts, 'definition' | 'objects' | 'rolling'>,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const body = readJson(request);
  const labels = readLabels(definition, body, request.at);
  await rolling?.learn(knownLabels(definition, body, labels), request.at);
  await storeLabels(objects, definition.name, labels, request.at);
  return { status: 200, body: { accepted: labels.length } };
}

/** @throws {InvalidRowsError} if any label is wrong; then none is taken */
function readLabels(
  { name, target, rolling }: Pick<ModelDefinition, 'name' | 'target' | 'rolling'>,
  body: unknown,
  at: Date,
): LabelRecord[] {
  const rows: readonly unknown[] = Array.isArray(body) ? body : [body];
  const problems: Problem[] = [];
  if (rows.length === 0 || rows.length > MAXIMUM_LABELS) {
    const expected = `1 to ${MAXIMUM_LABELS} labels in one request`;
    throw new InvalidRowsError([{ pointer: '', got: describe(body), expected }]);
  }
  const arrived = at.toISOString();
  const labels: LabelRecord[] = [];
  for (const [row, content] of rows.entries()) {
    const pointer = Array.isArray(body) ? `/${row}` : '';
    const found = problemsOf(content, target, pointer, labelledBy(rolling));
    problems.push(...found);
    if (found.length > 0 || !isPlainObject(content)) continue;
    const label = labelOf(target, content[target.column]);
    labels.push({ id: asId(content['id']) ?? '', model: name, at: arrived, label });
  }
  if (problems.length > 0) throw new InvalidRowsError(problems);
  return labels;
}

type Target = ModelDefinition['target'];

/** The target as the model predicts it. */
function labelOf(target: Target, value: unknown): number {
  if (target.kind === 'multiclass') return target.classes.indexOf(String(value));
  return target.kind === 'binary' ? Number(Number(value) >= target.atLeast) : Number(value);
}

function expectedOf(target: Target): string {
  return target.kind === 'multiclass' ? `one of ${target.classes.join(', ')}` : 'a number';
}

function isLabel(target: Target, value: unknown): boolean {
  if (target.kind !== 'multiclass') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === 'string' && target.classes.includes(value);
}

function problemsOf(
  row: unknown,
  target: Target,
  pointer: string,
  entities: readonly string[],
): Problem[] {
  const { column } = target;
  const problems: Problem[] = [];
  if (!isPlainObject(row)) {
    const expected = `an object with ${quotedList(['id', column, ...entities])}`;
    return [{ pointer, got: describe(row), expected }];
  }
  if (asId(row['id']) === undefined) {
    const expected = `the id of a prediction: ${EXPECTED_ID}`;
    problems.push({ pointer: `${pointer}/id`, got: describe(row['id']), expected });
  }
  const value = row[column];
  if (!isLabel(target, value)) {
    const at = pointer + pointerPart(column);
    problems.push({ pointer: at, got: describe(value), expected: expectedOf(target) });
  }
  problems.push(...problemsOfEntities(row, pointer, entities));
  const known = ['id', column, ...entities, ...(entities.length > 0 ? [TIME] : [])];
  for (const name of Object.keys(row)) {
    if (known.includes(name)) continue;
    const got = `a value ${quoted(name)} that is no part of a label`;
    const expected = `only ${known.join(', ')}`;
    problems.push({ pointer: pointer + pointerPart(name), got, expected });
  }
  return problems;
}

function* problemsOfEntities(
  row: Readonly<Record<string, unknown>>,
  pointer: string,
  entities: readonly string[],
): Generator<Problem> {
  for (const name of entities) {
    const value = row[name];
    if (value === null || (typeof value === 'string' && value.length <= LONGEST_CATEGORY)) continue;
    const expected = 'whose label it is, as text, or null if unknown; rolling features go by it';
    yield { pointer: pointer + pointerPart(name), got: describe(value), expected };
  }
  if (entities.length === 0 || entities.includes(TIME) || row[TIME] === undefined) return;
  if (Number.isNaN(momentOf(row[TIME]))) {
    const expected = 'when the label was known, as ISO 8601 text or milliseconds since 1970';
    yield { pointer: `${pointer}/${TIME}`, got: describe(row[TIME]), expected };
  }
}

/** Beside a label that rolling features go by: when it was known. */
const TIME = 'time';

function quotedList(names: readonly string[]): string {
  return `'${names.join("', '")}'`.replace(/, ('[^']*')$/, ' and $1');
}

/** Labels as rolling features count them; a label that says no time was known as it came. */
function knownLabels(
  { target, rolling }: Pick<ModelDefinition, 'target' | 'rolling'>,
  body: unknown,
  labels: readonly LabelRecord[],
): KnownLabel[] {
  const entities = labelledBy(rolling);
  if (entities.length === 0) return [];
  const rows: readonly unknown[] = Array.isArray(body) ? body : [body];
  return labels.map(({ id, at, label }, row): KnownLabel => {
    const sent: Readonly<Record<string, unknown>> = Object(rows[row]);
    const of = entities.map((name): [string, string | null] => {
      const entity = sent[name];
      return [name, typeof entity === 'string' ? entity : null];
    });
    const said = entities.includes(TIME) ? undefined : sent[TIME];
    return {
      id,
      value: target.kind === 'multiclass' ? label : Number(sent[target.column]),
      of: Object.fromEntries(of),
      time: said === undefined ? Date.parse(at) : momentOf(said),
    };
  });
}

/** The key is a hash of the labels, so a request that is sent again leaves one object. */
async function storeLabels(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  model: string,
  labels: readonly LabelRecord[],
  at: Date,
): Promise<void> {
  const content = JSON.stringify(labels.map(({ id, label }) => [id, label]));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const lines = labels.map((label) => `${JSON.stringify(label)}\n`).join('');
  const key = `${layout.labelsOf(model, dayOf(at))}online-${hash}.jsonl`;
  await objects.putIfAbsent(key, lines, 'application/x-ndjson');
}
