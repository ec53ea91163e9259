import { describe, expect, it } from 'vitest';
import { openApiOf } from '../../../../core/serve/open-api.ts';
import { flightEndpoint, regression } from '../../../fakes/flight-endpoint.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties: Record<string, unknown> }>>;
    readonly securitySchemes?: unknown;
  };
  readonly security: unknown;
}

const documentOf = (definition = flightDelay()) => openApiOf(definition) as Document;

describe('the OpenAPI document', () => {
  it('has the names, types, categories and ranges that are declared', () => {
    const { Row } = documentOf().components.schemas;

    expect(Row).toMatchObject({
      required: ['date', 'distance', 'origin', 'haul'],
      additionalProperties: false,
      properties: {
        distance: { type: ['number', 'null'], minimum: 0, maximum: 6000 },
        origin: { type: ['string', 'null'], maxLength: 1024 },
        haul: { enum: ['short', 'long', null] },
        date: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
      },
    });
  });

  it('lets any other feature pass where the declaration ignores them', () => {
    const { serving } = flightDelay();
    const { Row } = documentOf(flightDelay({ serving: { ...serving, unknownFeatures: 'ignore' } }))
      .components.schemas;

    expect(Row).not.toHaveProperty('additionalProperties');
  });

  it('has a probability for a question of yes or no only', () => {
    expect(documentOf().components.schemas['Prediction']?.properties).toHaveProperty('probability');
    expect(
      documentOf(regression()).components.schemas['Prediction']?.properties,
    ).not.toHaveProperty('probability');
  });

  it.each([
    { access: 'iam', security: [{ iam: [] }] },
    { access: 'token', security: [{ token: [] }] },
    { access: 'public', security: [{}] },
  ] as const)('says how callers show who they are: $access', ({ access, security }) => {
    const { serving } = flightDelay();
    const definition = flightDelay({ serving: { ...serving, online: { access } } });

    expect(documentOf(definition).security).toEqual(security);
  });

  it('names no path that the endpoint does not have, and an example that it takes', async () => {
    const at = flightEndpoint();
    await at.flights.release();
    const { body } = await at.get('/openapi.json');
    const { paths } = body as Document;

    for (const [path, operations] of Object.entries(paths)) {
      for (const method of ['get', 'post'].filter((name) => name in operations)) {
        const { status } = await at.send({
          method: method.toUpperCase(),
          path: path.replace('{version}', '1'),
        });
        // An empty body is wrong for those that want one, and nothing else is.
        expect([path, status]).toEqual([path, method === 'get' ? 200 : 400]);
      }
    }
    const examples = JSON.stringify(paths['/predict']);
    expect(examples).toContain(JSON.stringify(Object.keys(flight)[0]));
    const { value } = Object(
      JSON.parse(examples).post.requestBody.content['application/json'].examples.several,
    ) as { value: unknown };
    expect(await at.post('/predict', value)).toMatchObject({ status: 200 });
  });
});
