/** Templates for assertions: the real stack over bundles that hold next to nothing. */
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { Bundle, Bundles } from '../../infra/bundle.ts';
import { type Stage, stageOf } from '../../infra/stage.ts';
import { TidemillStack, type TidemillStackProps } from '../../infra/stack.ts';
import { model as flightDelay } from '../../models/flight-delay/model.ts';

const temporary = mkdtempSync(join(tmpdir(), 'tidemill-infra-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

function emptyBundle(name: string): Bundle {
  const folder = join(temporary, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.mjs'), `// ${name}`);
  return { folder, digest: `digest of ${name}` };
}

const bundles: Bundles = {
  predict: emptyBundle('predict'),
  consume: emptyBundle('consume'),
  archive: emptyBundle('archive'),
  pipeline: emptyBundle('pipeline'),
  notify: emptyBundle('notify'),
  job: emptyBundle('job'),
};

/** The feature flags that `cdk synth` reads; it also asks for the metadata by which assets are found. */
const { context }: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

/** A stage as cdk.json describes it. */
export function stage(name: string): Stage {
  return stageOf(name, context['stages']);
}

export function synthesize(
  models: readonly ModelDefinition[] = [flightDelay],
  props: Partial<TidemillStackProps> = {},
): Template {
  const outdir = mkdtempSync(join(temporary, 'cdk.out-'));
  // The built-in validation takes seconds, and `cdk synth` does it.
  const app = new App({
    context: { ...context, 'aws:cdk:enable-asset-metadata': true },
    outdir,
    builtinCloudFormationValidation: false,
  });
  return Template.fromStack(
    new TidemillStack(app, { stage: stage('dev'), models, bundles, ...props }),
  );
}

/** The shipped model under another name. */
export function renamed(name: string, changes: Partial<ModelDefinition> = {}): ModelDefinition {
  return { ...flightDelay, name, ...changes };
}

export { flightDelay };

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
  const resources = resourcesOf(template);
  const [role] =
    Object.entries(resources).find(
      ([, { Type, Properties }]) =>
        Type === 'AWS::IAM::Role' && Properties['Description'] === description,
    ) ?? [];
  if (role === undefined) throw new Error(`no role is described as '${description}'`);
  return Object.values(resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::IAM::Policy' && JSON.stringify(Properties['Roles']).includes(`"${role}"`),
    )
    .flatMap(({ Properties }) => {
      const document = Properties['PolicyDocument'] as { readonly Statement: Statement[] };
      return document.Statement;
    });
}
