/**
 * The Open Inference Protocol, version 2, over HTTP
 * (github.com/kserve/open-inference-protocol, inference_rest.md).
 */
import type { EndpointParts } from './endpoint-parts.ts';
import { InvalidRowsError, ModelUnavailableError } from './errors.ts';
import { type HttpAnswer, type HttpRequest, RequestError, readJson } from './http.ts';
import { predictRows, requireRowCount } from './predict-rows.ts';
import { describe, isPlainObject } from './problems.ts';
import { EXPECTED_ID, asId, idOfRow } from './records.ts';
import type { ServedModel } from './served-model.ts';
import { inputsOf, rowsOfTensors } from './tensors.ts';

/** What the path names. */
export interface ModelPath {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
}

export async function serverMetadata(): Promise<HttpAnswer> {
  return { status: 200, body: { name: 'tidemill', version: '0.1.0', extensions: [] } };
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
    return await server.use(at, async (model) => {
      requireVersion(path, model);
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
  return server.use(at, async (model) => {
    requireVersion(path, model);
    return {
      status: 200,
      body: {
        name: model.model,
        versions: [String(model.version)],
        platform: 'onnxruntime_onnx',
        inputs: inputsOf(model.signature),
        outputs: [{ name: model.signature.output, datatype: 'FP32', shape: [-1] }],
      },
    };
  });
}

/** `POST .../infer`. A request without an id gets one, since its predictions are kept by it. */
export async function infer(
  { definition, server }: EndpointParts,
  request: HttpRequest,
  path: ModelPath,
): Promise<HttpAnswer> {
  requireModel(path, definition.name);
  const body = readJson(request);
  if (!isPlainObject(body))
    throw new RequestError(400, `got ${describe(body)}, expected an object`);
  const id = idOf(body['id'], request.id);
  return server.use(request.at, async (model) => {
    requireVersion(path, model);
    requireOutputs(body['outputs'], model.signature.output);
    const rows = rowsOfTensors(body['inputs'], model.signature, (count) => {
      requireRowCount(definition, count, '');
    });
    addUnused(rows, model, Object.keys(definition.features));
    const ids = rows.map((_, row) => idOfRow(id, row, rows.length));
    const records = await predictRows(model, definition, { rows, ids, at: request.at, pointerOf });
    const data = records.map(({ probability, prediction }) => probability ?? prediction);
    return {
      status: 200,
      body: {
        model_name: model.model,
        model_version: String(model.version),
        id,
        outputs: [{ name: model.signature.output, datatype: 'FP32', shape: [data.length], data }],
      },
      records,
    };
  });
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

function requireVersion({ version }: ModelPath, served: ServedModel): void {
  if (version === undefined || version === String(served.version)) return;
  const message = `version '${version}' of model '${served.model}' is not served; served: ${served.version}`;
  throw new RequestError(404, message);
}

function requireOutputs(outputs: unknown, given: string): void {
  if (outputs === undefined) return;
  if (!Array.isArray(outputs)) throw new RequestError(400, `'outputs' is not an array`);
  for (const output of outputs) {
    const name: unknown = isPlainObject(output) ? output['name'] : output;
    if (name !== given) {
      throw new RequestError(400, `the model has no output ${describe(name)}; it gives: ${given}`);
    }
  }
}
