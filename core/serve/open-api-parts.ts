/** Pieces that all operations of the OpenAPI document are made of. */

export type Schema = Readonly<Record<string, unknown>>;

export function ref(schema: string): Schema {
  return { $ref: `#/components/schemas/${schema}` };
}

export function answer(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** A body of JSON, with examples by name. */
export function json(schema: Schema, examples: Readonly<Record<string, unknown>>) {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    required: true,
    content: { 'application/json': { schema, examples: Object.fromEntries(named) } },
  };
}

/** What an operation answers when it cannot do what it is asked. */
export function problemAnswers(method: 'GET' | 'POST') {
  return {
    ...(method === 'POST' && {
      400: problem('Everything that is wrong with the request'),
      413: problem('The body is too large'),
      415: problem('The body is not declared as JSON'),
    }),
    401: problem('The caller did not say who it is, or not rightly'),
    403: problem('The caller may not call'),
    404: problem('There is no such path, model or version'),
    406: problem('The caller takes no JSON'),
    500: problem('Something went wrong on our side'),
    429: problem('More calls at once than are kept free for the model'),
    503: problem('No version of the model can be served now'),
  };
}

function problem(description: string) {
  return answer(description, ref('Problem'));
}
