/** The HTTP interface for people: plain JSON rows in, one plain answer a row out. */
import type { Problem } from '../model/problem.ts';
import type { PredictionRecord } from '../model/records.ts';
import { aboutModel } from './about.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { type HttpAnswer, type HttpRequest, readJson } from './http.ts';
import { type RowsToPredict, predictRows, predictShadow, requireRowCount } from './predict-rows.ts';
import { describe, isPlainObject } from './problems.ts';
import { EXPECTED_ID, asId, idOfRow } from './records.ts';
import { completerAt } from './rolling/completers.ts';

/** `GET /`: what is served, by which version, since when, and how to ask. */
export async function about(parts: EndpointParts, request: HttpRequest): Promise<HttpAnswer> {
  return parts.server.use(request.at, async (model) => ({
    status: 200,
    body: aboutModel(parts.definition, model),
  }));
}

/** `POST /predict`: one row, an array of rows, or `{ "rows": [...] }`; the answer has the same form. */
export async function predict(parts: EndpointParts, request: HttpRequest): Promise<HttpAnswer> {
  const { definition, server } = parts;
  const { rows, pointer, shape } = rowsOf(readJson(request), 'rows' in definition.features);
  requireRowCount(definition, rows.length, pointer);
  const pointerOf = (row: number): string => (shape === 'one' ? '' : `${pointer}/${row}`);
  const hasIdFeature = 'id' in definition.features;
  const { ids, problems } = idsOf(hasIdFeature ? [] : rows, rows.length, request.id, pointerOf);
  const beside = hasIdFeature ? NOTHING : ID;
  const { at } = request;
  const complete = completerAt(parts.rolling, at);
  const asked: RowsToPredict = { rows, ids, at, problems, pointerOf, beside, complete };
  const { records, fault, shadow } = await server.use(request.at, async (champion, challenger) => {
    const started = parts.stopwatch();
    try {
      const predicted = await predictRows(champion, challenger, definition, asked);
      const infer = parts.stopwatch() - started;
      const timing = { rows: rows.length, input: 0, infer, output: 0 };
      parts.statistics.succeeded(champion.version, request.at, timing);
      return { ...predicted, shadow: challenger?.traffic.kind === 'shadow' };
    } catch (cause) {
      parts.statistics.failed(champion.version, parts.stopwatch() - started);
      throw cause;
    }
  });
  const answers = records.map(answerOf);
  const body = { one: answers[0], list: answers, named: { predictions: answers } }[shape];
  return {
    status: 200,
    body,
    records,
    ...(fault !== undefined && { fault }),
    ...(shadow && { shadow: () => shadowOf(parts, asked) }),
  };
}

/** What the challenger would have said; nothing if it is gone by now. */
export function shadowOf(
  { server, definition }: EndpointParts,
  rows: RowsToPredict,
): Promise<readonly PredictionRecord[]> {
  return server.use(rows.at, async (_, challenger) =>
    challenger ? predictShadow(challenger, definition, rows) : [],
  );
}

const NOTHING: ReadonlySet<string> = new Set();
const ID: ReadonlySet<string> = new Set(['id']);

interface Rows {
  readonly rows: readonly unknown[];
  /** To the list of rows. */
  readonly pointer: string;
  readonly shape: 'one' | 'list' | 'named';
}

function rowsOf(body: unknown, rowsIsAFeature: boolean): Rows {
  if (Array.isArray(body)) return { rows: body, pointer: '', shape: 'list' };
  if (!rowsIsAFeature && isPlainObject(body) && Array.isArray(body['rows'])) {
    return { rows: body['rows'], pointer: '/rows', shape: 'named' };
  }
  return { rows: [body], pointer: '', shape: 'one' };
}

function idsOf(
  rows: readonly unknown[],
  count: number,
  requestId: string,
  pointerOf: (row: number) => string,
): { readonly ids: string[]; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const ids = Array.from({ length: count }, (_, row) => {
    const made = idOfRow(requestId, row, count);
    const content = rows[row];
    if (!isPlainObject(content) || !Object.hasOwn(content, 'id')) return made;
    const id = asId(content['id']);
    if (id === undefined) {
      const got = describe(content['id']);
      problems.push({ pointer: `${pointerOf(row)}/id`, got, expected: EXPECTED_ID });
    }
    return id ?? made;
  });
  return { ids, problems };
}

function answerOf({ id, prediction, probability, version, class: named }: PredictionRecord) {
  return {
    id,
    prediction,
    ...(named !== undefined && { class: named }),
    ...(probability !== undefined && { probability }),
    version,
  };
}
