/** The template cannot be hosted as it is; the message says which resource, what is wrong and the cure. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** One resource whose type nobody on this machine knows. */
export interface UnknownResource {
  readonly logicalId: string;
  readonly type: string;
  /** Where the CDK app made it, for instance `Tidemill/Predict/Function`. */
  readonly constructPath: string;
}

/** The template holds resource types that the laptop's region has no host for. */
export class UnknownResourceTypesError extends TemplateError {
  readonly resources: readonly UnknownResource[];

  constructor(resources: readonly UnknownResource[]) {
    const lines = resources.map(
      ({ type, logicalId, constructPath }) => `  ${type}  ${logicalId}  (${constructPath})`,
    );
    super(
      `the laptop's region cannot host ${resources.length} resource(s) of the template:\n` +
        `${lines.join('\n')}\n` +
        'remove them from infra/, add a host for their type under local/, or, ' +
        'if a laptop needs nothing of them, list the type in local/template/passive.ts',
    );
    this.resources = resources;
  }
}
