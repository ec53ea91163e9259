/** The part of the OpenAPI document that is the same for every model: the Open Inference Protocol. */
import { answer, json, problemAnswers, ref, type Schema } from './open-api-parts.ts';

export function protocolPaths(model: string) {
  const at = `/v2/models/${model}`;
  const versioned = `${at}/versions/{version}`;
  const version = { parameters: [VERSION] };
  return {
    '/v2': { get: get('serverMetadata', 'About the server', 'ServerMetadata') },
    '/v2/health/live': { get: get('serverLive', 'Is the server alive?', 'Live') },
    '/v2/health/ready': { get: ready('serverReady', 'Can the server infer?', 'Ready') },
    [at]: { get: get('modelMetadata', 'Inputs and outputs of the model', 'ModelMetadata') },
    [`${at}/ready`]: { get: ready('modelReady', 'Can the model infer?', 'Ready') },
    [`${at}/stats`]: { get: get('modelStatistics', 'What was inferred', 'ModelStatistics') },
    [`${at}/infer`]: { post: infer('infer') },
    [versioned]: {
      ...version,
      get: get('versionMetadata', 'Inputs and outputs of a version', 'ModelMetadata'),
    },
    [`${versioned}/ready`]: {
      ...version,
      get: ready('versionReady', 'Can a version infer?', 'Ready'),
    },
    [`${versioned}/stats`]: {
      ...version,
      get: get('versionStatistics', 'What a version inferred', 'ModelStatistics'),
    },
    [`${versioned}/infer`]: { ...version, post: infer('inferByVersion') },
  };
}

function get(operationId: string, summary: string, schema: string) {
  return {
    operationId,
    summary,
    tags: ['open-inference'],
    responses: { 200: answer(summary, ref(schema)), ...problemAnswers('GET') },
  };
}

/** Not ready is an answer like any other. */
function ready(operationId: string, summary: string, schema: string) {
  const operation = get(operationId, summary, schema);
  const notReady = answer('Not ready', ref(schema));
  return { ...operation, responses: { ...operation.responses, 503: notReady } };
}

function infer(operationId: string) {
  return {
    operationId,
    summary: 'Infers from tensors',
    tags: ['open-inference'],
    requestBody: json(ref('InferenceRequest'), {}),
    responses: {
      200: answer('What the graph answers', ref('InferenceResponse')),
      ...problemAnswers('POST'),
    },
  };
}

const VERSION = {
  name: 'version',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
};

const DATATYPE: Schema = {
  type: 'string',
  enum: 'BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP32 FP64 BYTES'.split(' '),
};

const SHAPE: Schema = { type: 'array', items: { type: 'integer', minimum: -1 } };

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', required, properties };
}

export function protocolSchemas(model: string): Record<string, Schema> {
  const text: Schema = { type: 'string' };
  const parameters: Schema = { type: 'object' };
  const metadata = object({ name: text, datatype: DATATYPE, shape: SHAPE }, TENSOR);
  const tensor = object(
    { name: text, datatype: DATATYPE, shape: SHAPE, data: list({}), parameters },
    TENSOR,
  );
  return {
    Problem: object(
      {
        error: text,
        problems: list(
          object({ pointer: text, got: text, expected: text }, ['pointer', 'got', 'expected']),
        ),
        count: { type: 'integer', minimum: 1 },
        position: { type: 'integer', minimum: 0 },
      },
      ['error'],
    ),
    Live: object({ live: { type: 'boolean' } }, ['live']),
    Ready: object({ name: text, ready: { type: 'boolean' } }, ['ready']),
    ServerMetadata: object({ name: text, version: text, extensions: list(text) }, [
      'name',
      'version',
      'extensions',
    ]),
    ModelMetadata: object(
      {
        name: { type: 'string', enum: [model] },
        versions: list(text),
        platform: text,
        inputs: list(metadata),
        outputs: list(metadata),
      },
      ['name', 'platform', 'inputs', 'outputs'],
    ),
    ModelStatistics: object({ model_stats: list({ type: 'object' }) }, ['model_stats']),
    InferenceRequest: object(
      {
        id: text,
        parameters,
        inputs: list(tensor),
        outputs: list(object({ name: text, parameters }, ['name'])),
      },
      ['inputs'],
    ),
    InferenceResponse: object(
      { model_name: text, model_version: text, id: text, outputs: list(tensor) },
      ['model_name', 'outputs'],
    ),
  };
}

const TENSOR = ['name', 'datatype', 'shape'];
