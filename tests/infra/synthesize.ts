/** Templates for assertions: the real stack over bundles that hold next to nothing. */
import type { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { TidemillStackProps } from '../../infra/stack.ts';
import { model as flightDelay } from '../../models/flight-delay/model.ts';
import { stackTemplate } from './stack-template.ts';

const temporary = mkdtempSync(join(tmpdir(), 'tidemill-infra-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

export function synthesize(
  models: readonly ModelDefinition[] = [flightDelay],
  props: Partial<TidemillStackProps> = {},
): Template {
  return stackTemplate(temporary, models, props);
}

/** The shipped model under another name. */
export function renamed(name: string, changes: Partial<ModelDefinition> = {}): ModelDefinition {
  return { ...flightDelay, name, ...changes };
}

export { flightDelay };
export { stage } from './stack-template.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Every resource of the template, by logical id. */
export function resourcesOf(template: Template): Readonly<Record<string, Resource>> {
  return template.toJSON()['Resources'] as Record<string, Resource>;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

/** What the policies of the role with `description` allow. */
export function statementsOf(template: Template, description: string): Statement[] {
  const role = Object.values(resourcesOf(template)).find(
    ({ Type, Properties }) =>
      Type === 'AWS::IAM::Role' && Properties['Description'] === description,
  );
  if (role === undefined) throw new Error(`no role is described as '${description}'`);
  return statementsIn(role);
}

/** What the policies in a role allow. */
export function statementsIn({ Properties }: Resource): Statement[] {
  const policies = Properties['Policies'] as {
    readonly PolicyDocument: { readonly Statement: Statement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}
