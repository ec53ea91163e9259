/** Ground truth that comes over HTTP, by prediction id. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { dayOf, layout } from '../model/layout.ts';
import type { Problem } from '../model/problem.ts';
import type { LabelRecord } from '../model/records.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { InvalidRowsError } from './errors.ts';
import { type HttpAnswer, type HttpRequest, readJson } from './http.ts';
import { describe, isPlainObject, pointerPart, quoted } from './problems.ts';
import { EXPECTED_ID, asId } from './records.ts';

/** Labels of one request. */
export const MAXIMUM_LABELS = 10_000;

/** `POST /labels`: `[{ "id": "...", "<target column>": value }]`. Kept once this has answered. */
export async function takeLabels(
  { definition, objects }: EndpointParts,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const labels = readLabels(definition, readJson(request), request.at);
  await storeLabels(objects, definition.name, labels, request.at);
  return { status: 200, body: { accepted: labels.length } };
}

/** @throws {InvalidRowsError} if any label is wrong; then none is taken */
function readLabels(
  { name, target }: Pick<ModelDefinition, 'name' | 'target'>,
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
    const found = problemsOf(content, target, pointer);
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

function problemsOf(row: unknown, target: Target, pointer: string): Problem[] {
  const { column } = target;
  const problems: Problem[] = [];
  if (!isPlainObject(row)) {
    const expected = `an object with 'id' and '${column}'`;
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
  for (const name of Object.keys(row)) {
    if (name === 'id' || name === column) continue;
    const got = `a value ${quoted(name)} that is no part of a label`;
    problems.push({ pointer: pointer + pointerPart(name), got, expected: `only id, ${column}` });
  }
  return problems;
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
