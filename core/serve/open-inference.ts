/**
 * The Open Inference Protocol, version 2, over HTTP
 * (github.com/kserve/open-inference-protocol, inference_rest.md), with its extensions for tensors
 * as bytes and for statistics.
 */
import type { OutputTensor } from '../onnx/tensor.ts';
import { encodeTensor } from './binary-tensors.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { InvalidRowsError, ModelUnavailableError } from './errors.ts';
import { type HttpAnswer, type HttpRequest, RequestError, readJsonAndTail } from './http.ts';
import { completerAt } from './rolling/completers.ts';
import { sentFeatures } from '../model/rolling-features.ts';
import type { Challenger } from './model-server.ts';
import { wantedOutputs, type WantedOutput } from './outputs.ts';
import { shadowOf } from './people.ts';
import { entityOf, recordsOf, requireRowCount } from './predict-rows.ts';
import { describe, isPlainObject } from './problems.ts';
import { EXPECTED_ID, asId, idOfRow } from './records.ts';
import type { ServedModel } from './served-model.ts';
import { jsonValuesOf, rowsOfTensors } from './tensors.ts';
import { isChallenged } from './traffic.ts';

/** What the path names. */
export interface ModelPath {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
}

const EXTENSIONS = ['binary_tensor_data', 'statistics', 'parameters'];

export async function serverMetadata(): Promise<HttpAnswer> {
  return { status: 200, body: { name: 'tidemill', version: '0.1.0', extensions: EXTENSIONS } };
}

export async function serverLive(): Promise<HttpAnswer> {
  return { status: 200, body: { live: true } };
}

export async function serverReady(parts: EndpointParts, request: HttpRequest): Promise<HttpAnswer> {
  const ready = await isReady(parts, request, {});
  return { status: ready ? 200 : 503, body: { ready } };
}

export async function modelReady(
  parts: EndpointParts,
  request: HttpRequest,
  path: ModelPath,
): Promise<HttpAnswer> {
  const ready = await isReady(parts, request, path);
  return { status: ready ? 200 : 503, body: { name: parts.definition.name, ready } };
}

async function isReady(
  { definition, server }: EndpointParts,
  { at }: HttpRequest,
  path: ModelPath,
): Promise<boolean> {
  requireModel(path, definition.name);
  try {
    return await server.use(at, async (champion, challenger) => {
      versionOf(path, champion, challenger);
      return true;
    });
  } catch (cause) {
    if (cause instanceof ModelUnavailableError) return false;
    throw cause;
  }
}

export async function modelMetadata(
  { definition, server }: EndpointParts,
  { at }: HttpRequest,
  path: ModelPath,
): Promise<HttpAnswer> {
  requireModel(path, definition.name);
  return server.use(at, async (champion, challenger) => {
    const { model, version, inputs, outputs } = versionOf(path, champion, challenger);
    const body = {
      name: model,
      versions: [String(version)],
      platform: 'onnxruntime_onnx',
      inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      outputs,
    };
    return { status: 200, body };
  });
}

export async function modelStatistics(
  { definition, server, statistics }: EndpointParts,
  { at }: HttpRequest,
  path: ModelPath,
): Promise<HttpAnswer> {
  requireModel(path, definition.name);
  return server.use(at, async (champion, challenger) => {
    const { version } = versionOf(path, champion, challenger);
    return { status: 200, body: { model_stats: [statistics.report(definition.name, version)] } };
  });
}

/** `POST .../infer`. A request without an id gets one, since its predictions are kept by it. */
export async function infer(
  parts: EndpointParts,
  request: HttpRequest,
  path: ModelPath,
): Promise<HttpAnswer> {
  const { definition, server, statistics, stopwatch } = parts;
  requireModel(path, definition.name);
  const started = stopwatch();
  const { json: body, tail } = readJsonAndTail(request);
  if (!isPlainObject(body))
    throw new RequestError(400, `got ${describe(body)}, expected an object`);
  const id = idOf(body['id'], request.id);
  return server.use(request.at, async (champion, challenger) => {
    const asked = { body, tail, id, at: request.at };
    const answered = versionOf(path, champion, challenger);
    try {
      return await inferBy(parts, asked, { path, model: answered, challenger, started });
    } catch (cause) {
      statistics.failed(answered.version, stopwatch() - started);
      throw cause;
    }
  });
}

interface Asked {
  readonly body: Readonly<Record<string, unknown>>;
  readonly tail: Uint8Array;
  readonly id: string;
  readonly at: Date;
}

interface By {
  readonly path: ModelPath;
  readonly model: ServedModel;
  readonly challenger: Challenger | undefined;
  readonly started: number;
}

async function inferBy(
  parts: EndpointParts,
  { body, tail, id, at }: Asked,
  { path, model: named, challenger, started }: By,
): Promise<HttpAnswer> {
  const { definition, statistics, stopwatch } = parts;
  const outputs = wantedOutputs(body, named.outputs);
  const rows = rowsOfTensors(body['inputs'], named.inputs, tail, (count) => {
    requireRowCount(definition, count, '');
  });
  addUnused(rows, named, Object.keys(sentFeatures(definition)));
  const model =
    path.version === undefined ? chosen(named, challenger, rows, id, definition) : named;
  const ids = rows.map((_, row) => idOfRow(id, row, rows.length));
  const sent = model.readRows(rows, { pointerOf });
  const problems = sent.rejected.flatMap((row) => row.problems);
  if (problems.length > 0) throw new InvalidRowsError(problems);
  const complete = completerAt(parts.rolling, at);
  const read = complete ? await complete(sent, model.signature) : sent;
  const readAt = stopwatch();
  const answers = await model.infer(read.batch);
  const inferredAt = stopwatch();
  const variant = model === challenger?.model ? 'challenger' : undefined;
  const { features } = read;
  const { predictions } = answers;
  const records = recordsOf(model, definition, { ids, at, features, predictions, variant });
  const encoded = encodeOutputs(outputs, answers.outputs);
  statistics.succeeded(model.version, at, {
    rows: rows.length,
    input: readAt - started,
    infer: inferredAt - readAt,
    output: stopwatch() - inferredAt,
  });
  return {
    status: 200,
    body: {
      model_name: model.model,
      model_version: String(model.version),
      id,
      outputs: encoded.outputs,
    },
    ...(encoded.tail.length > 0 && { tail: encoded.tail }),
    records,
    ...(challenger?.traffic.kind === 'shadow' &&
      variant === undefined && { shadow: () => shadowOf(parts, { rows, ids, at, complete }) }),
  };
}

/**
 * One version answers a whole request, since the answer names but one: that of its first row. A
 * challenger whose graph takes other tensors is not asked.
 */
function chosen(
  champion: ServedModel,
  challenger: Challenger | undefined,
  rows: readonly unknown[],
  id: string,
  { name, serving }: EndpointParts['definition'],
): ServedModel {
  if (challenger?.traffic.kind !== 'canary') return champion;
  const key = entityOf(rows[0], serving.entity) ?? id;
  const alike = JSON.stringify(challenger.model.inputs) === JSON.stringify(champion.inputs);
  return alike && isChallenged(name, key, challenger.traffic) ? challenger.model : champion;
}

function encodeOutputs(wanted: readonly WantedOutput[], given: readonly OutputTensor[]) {
  const tail: Uint8Array[] = [];
  const outputs = wanted.map(({ name, binary }) => {
    const output = given.find((tensor) => tensor.name === name)!;
    const { datatype, shape } = output;
    if (!binary) return { name, datatype, shape, data: jsonValuesOf(output) };
    const bytes = encodeTensor(output);
    tail.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  return { outputs, tail };
}

/** Tensors have no row of their own in the request, so problems name the row in words. */
function pointerOf(row: number): string {
  return `row ${row}: `;
}

/** Features that are declared now, but were not when the version was trained: unknown to it. */
function addUnused(
  rows: readonly Record<string, unknown>[],
  { signature }: ServedModel,
  declared: readonly string[],
): void {
  const known = new Set([...signature.numbers, ...signature.categories, ...signature.times]);
  const unused = declared.filter((name) => !known.has(name));
  for (const row of rows) for (const name of unused) row[name] = null;
}

/** Some clients send an empty id where they mean none. */
function idOf(given: unknown, made: string): string {
  if (given === undefined || given === null || given === '') return made;
  const id = asId(given);
  if (id !== undefined) return id;
  throw new InvalidRowsError([{ pointer: '/id', got: describe(given), expected: EXPECTED_ID }]);
}

function requireModel({ model }: ModelPath, served: string): void {
  if (model === undefined || model === served) return;
  throw new RequestError(404, `model '${model}' is not served here; served: ${served}`);
}

/** The version that a path names: the champion's, unless it names the challenger's. */
function versionOf(
  { version }: ModelPath,
  champion: ServedModel,
  challenger: Challenger | undefined,
): ServedModel {
  if (version === undefined) return champion;
  const open = [champion, ...(challenger ? [challenger.model] : [])];
  const found = open.find((model) => String(model.version) === version);
  if (found) return found;
  const served = open.map((model) => model.version).join(', ');
  const message = `version '${version}' of model '${champion.model}' is not served; served: ${served}`;
  throw new RequestError(404, message);
}
