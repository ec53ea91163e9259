/** The endpoint of one model as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0). */
import type { ModelDefinition } from '../model/definition.ts';
import type { Feature } from '../model/features.ts';
import { labelledBy, sentFeatures } from '../model/rolling-features.ts';
import { exampleRow } from './about.ts';
import { expectedOf, LONGEST_CATEGORY } from './feature-columns.ts';
import { MAXIMUM_LABELS } from './labels.ts';
import { ISO } from './moment.ts';
import { protocolPaths, protocolSchemas } from './open-api-protocol.ts';
import { answer, json, problemAnswers, ref, type Schema } from './open-api-parts.ts';
import { LONGEST_ID } from './records.ts';

/** Describes every path of the endpoint, with the names, types, categories and ranges declared. */
export function openApiOf(definition: ModelDefinition): unknown {
  const { name, problem } = definition;
  const access = definition.serving.online?.access ?? 'iam';
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: '1',
      description: problem.statement,
      contact: { email: problem.owner },
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/' }],
    security: access === 'public' ? [{}] : [{ [access]: [] }],
    tags: [
      { name: 'predict', description: 'Predictions for people and applications' },
      { name: 'open-inference', description: 'Open Inference Protocol, version 2, for tools' },
    ],
    paths: { ...peoplePaths(definition), ...protocolPaths(name) },
    components: {
      schemas: { ...peopleSchemas(definition), ...protocolSchemas(name) },
      ...(access !== 'public' && { securitySchemes: { [access]: SECURITY[access] } }),
    },
  };
}

const SECURITY = {
  iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'AWS Signature Version 4 of service lambda; `tidemill predict` and the SDKs sign',
  },
  token: { type: 'http', scheme: 'bearer', description: 'The token in the secret of the stack' },
} as const;

function peoplePaths(definition: ModelDefinition) {
  const row = exampleRow(definition);
  const of = labelledBy(definition.rolling).map((entity) => [entity, row[entity]]);
  const label = { id: 'an-id', [definition.target.column]: 0, ...Object.fromEntries(of) };
  return {
    '/': {
      get: {
        tags: ['predict'],
        operationId: 'about',
        summary: 'What is served, by which version, since when, and how to ask',
        responses: { 200: answer('What is served', { type: 'object' }), ...problemAnswers('GET') },
      },
    },
    '/openapi.json': {
      get: {
        tags: ['predict'],
        operationId: 'describe',
        summary: 'This document',
        responses: { 200: answer('This document', { type: 'object' }), ...problemAnswers('GET') },
      },
    },
    '/predict': {
      post: {
        tags: ['predict'],
        operationId: 'predict',
        summary: definition.problem.statement,
        requestBody: json(
          { oneOf: [ref('Row'), ref('Rows'), ref('NamedRows')] },
          { one: row, several: [row], named: { rows: [row] } },
        ),
        responses: {
          200: answer('One prediction a row, in the form of the request', {
            oneOf: [ref('Prediction'), ref('Predictions'), ref('NamedPredictions')],
          }),
          ...problemAnswers('POST'),
        },
      },
    },
    '/labels': {
      post: {
        tags: ['predict'],
        operationId: 'label',
        summary: 'Takes the truth about predictions, by their id',
        requestBody: json(
          { oneOf: [ref('Label'), ref('Labels')] },
          { one: label, several: [label] },
        ),
        responses: {
          200: answer('All labels are kept', {
            type: 'object',
            required: ['accepted'],
            properties: { accepted: { type: 'integer', minimum: 1 } },
          }),
          ...problemAnswers('POST'),
        },
      },
    },
  };
}

const ID: Schema = {
  description: 'Of the prediction; labels come by it',
  anyOf: [
    { type: 'string', minLength: 1, maxLength: LONGEST_ID },
    { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  ],
};

function peopleSchemas(definition: ModelDefinition): Record<string, Schema> {
  const { serving, target, rolling } = definition;
  const features = sentFeatures(definition);
  const entities = labelledBy(rolling);
  const names = Object.keys(features);
  const own = Object.entries(features).map(([name, feature]) => [name, schemaOf(feature)]);
  const hasProbability = target.kind !== 'regression';
  const rows = serving.online?.maximumRows ?? 1;
  return {
    Row: {
      type: 'object',
      required: names,
      properties: { ...(!('id' in features) && { id: ID }), ...Object.fromEntries(own) },
      ...(serving.unknownFeatures === 'reject' && { additionalProperties: false }),
    },
    Rows: list('Row', rows),
    NamedRows: {
      type: 'object',
      required: ['rows'],
      properties: { rows: ref('Rows') },
    },
    Prediction: {
      type: 'object',
      required: ['id', 'prediction', ...(hasProbability ? ['probability'] : []), 'version'],
      properties: {
        id: { type: 'string' },
        prediction: predictionOf(target),
        ...(target.kind === 'multiclass' && {
          class: { type: 'string', enum: [...target.classes] },
        }),
        ...(hasProbability && { probability: { type: 'number', minimum: 0, maximum: 1 } }),
        version: { type: 'integer', minimum: 1, description: 'Of the model, that answered' },
      },
      additionalProperties: false,
    },
    Predictions: list('Prediction', rows),
    NamedPredictions: {
      type: 'object',
      required: ['predictions'],
      properties: { predictions: ref('Predictions') },
      additionalProperties: false,
    },
    Label: {
      type: 'object',
      required: ['id', target.column, ...entities],
      properties: {
        id: ID,
        ...(entities.length > 0 && { time: { ...MOMENT, description: 'When it was known' } }),
        [target.column]: labelOf(target),
        ...Object.fromEntries(entities.map((entity) => [entity, ENTITY])),
      },
      additionalProperties: false,
    },
    Labels: list('Label', MAXIMUM_LABELS),
  };
}

function predictionOf(target: ModelDefinition['target']): Schema {
  if (target.kind === 'regression') return { type: 'number', description: target.column };
  if (target.kind === 'binary') {
    const description = `Whether ${target.column} is ${target.atLeast} or more`;
    return { type: 'number', enum: [0, 1], description };
  }
  const maximum = target.classes.length - 1;
  return { type: 'integer', minimum: 0, maximum, description: 'Place of the class, from 0' };
}

function labelOf(target: ModelDefinition['target']): Schema {
  return target.kind === 'multiclass'
    ? { type: 'string', enum: [...target.classes] }
    : { type: 'number' };
}

function list(items: string, maxItems: number): Schema {
  return { type: 'array', minItems: 1, maxItems, items: ref(items) };
}

/** Ranges are what is plausible; a number outside is predicted all the same, and monitors count it. */
function schemaOf(feature: Feature): Schema {
  const description = `${feature.description}: ${expectedOf(feature)}`;
  if (feature.kind === 'number') {
    const { minimum, maximum } = feature;
    return {
      description,
      type: ['number', 'null'],
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    };
  }
  if (feature.kind === 'timestamp') {
    return { description, anyOf: [...MOMENT.anyOf, { type: 'null' }] };
  }
  return feature.values
    ? { description, enum: [...feature.values, null] }
    : { description, type: ['string', 'null'], maxLength: LONGEST_CATEGORY };
}

/** Largest and smallest moment that JavaScript's dates can tell, in milliseconds. */
const LAST_MOMENT = 8.64e15;

const MOMENT = {
  anyOf: [
    { type: 'string', pattern: ISO.source },
    { type: 'number', minimum: -LAST_MOMENT, maximum: LAST_MOMENT },
  ],
};

const ENTITY: Schema = {
  description: 'Whose label it is; rolling features go by it',
  type: ['string', 'null'],
  maxLength: LONGEST_CATEGORY,
};
