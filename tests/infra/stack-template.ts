/** The real stack as a template, over bundles that hold next to nothing. */
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { Bundle, Bundles } from '../../infra/bundle.ts';
import { type Stage, stageOf } from '../../infra/stage.ts';
import { TidemillStack, type TidemillStackProps } from '../../infra/stack.ts';

function emptyBundle(temporary: string, name: string): Bundle {
  const folder = join(temporary, name);
  if (!existsSync(folder)) mkdirSync(folder);
  writeFileSync(join(folder, 'index.mjs'), `// ${name}`);
  return { folder, digest: `digest of ${name}` };
}

function emptyBundles(temporary: string): Bundles {
  return {
    predict: emptyBundle(temporary, 'predict'),
    consume: emptyBundle(temporary, 'consume'),
    archive: emptyBundle(temporary, 'archive'),
    pipeline: emptyBundle(temporary, 'pipeline'),
    notify: emptyBundle(temporary, 'notify'),
    job: emptyBundle(temporary, 'job'),
  };
}

/** The feature flags that `cdk synth` reads; it also asks for the metadata by which assets are found. */
const { context }: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

/** A stage as cdk.json describes it. */
export function stage(name: string): Stage {
  return stageOf(name, context['stages']);
}

/** @param temporary folder for what CDK writes */
export function stackTemplate(
  temporary: string,
  models: readonly ModelDefinition[],
  props: Partial<TidemillStackProps> = {},
): Template {
  const outdir = mkdtempSync(join(temporary, 'cdk.out-'));
  // The built-in validation takes seconds, and `cdk synth` does it.
  const app = new App({
    context: {
      ...context,
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:enable-path-metadata': true,
    },
    outdir,
    builtinCloudFormationValidation: false,
  });
  const bundles = emptyBundles(temporary);
  return Template.fromStack(
    new TidemillStack(app, { stage: stage('dev'), models, bundles, ...props }),
  );
}
