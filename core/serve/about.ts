/** What is served, in the words of the declaration. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Feature } from '../model/features.ts';
import { labelledBy, sentFeatures } from '../model/rolling-features.ts';
import { expectedOf } from './feature-columns.ts';
import type { ServedModel } from './served-model.ts';

export function aboutModel(
  definition: ModelDefinition,
  { version, since }: Pick<ServedModel, 'version' | 'since'>,
) {
  const { name, problem, features, target, rolling } = definition;
  const row = exampleRow(definition);
  return {
    model: name,
    question: problem.statement,
    version,
    since,
    answer:
      target.kind === 'binary'
        ? `probability that ${target.column} is at least ${target.atLeast}, ` +
          'and prediction 1 or 0 by the threshold of the version'
        : target.kind === 'multiclass'
          ? `class of ${target.column} that is most probable, with its probability`
          : `prediction of ${target.column}`,
    features: Object.fromEntries(
      Object.entries(features).map(([feature, declared]) => [
        feature,
        {
          description: declared.description,
          expected: feature in rolling ? 'nothing: it is computed' : expectedOf(declared),
        },
      ]),
    ),
    example: {
      method: 'POST',
      path: '/predict',
      headers: { 'content-type': 'application/json' },
      body: { rows: [row] },
    },
    labels: {
      method: 'POST',
      path: '/labels',
      headers: { 'content-type': 'application/json' },
      body: [
        {
          id: '<id of a prediction>',
          [target.column]: target.kind === 'multiclass' ? target.classes[0] : 0,
          ...Object.fromEntries(labelledBy(rolling).map((entity) => [entity, row[entity]])),
        },
      ],
    },
    protocol: `/v2/models/${name}`,
  };
}

/** A row that the model takes, made from what is declared about each feature. */
export function exampleRow(
  definition: Pick<ModelDefinition, 'features' | 'rolling'>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(sentFeatures(definition)).map(([name, feature]) => [name, exampleOf(feature)]),
  );
}

function exampleOf(feature: Feature): string | number {
  if (feature.kind === 'timestamp') return '2001-05-01T09:30:00Z';
  if (feature.kind === 'category') return feature.values?.[0] ?? 'A';
  const { minimum, maximum } = feature;
  if (minimum !== undefined && maximum !== undefined) return (minimum + maximum) / 2;
  return minimum ?? maximum ?? 1;
}
