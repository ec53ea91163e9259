/** The CDK app: `cdk synth`, `cdk deploy -c stage=prod -c alarmEmail=ops@example.com -c models=churn,fraud`. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModels } from '../models/index.ts';
import { bundleAll } from './bundle.ts';
import { GithubAccessStack } from './github-access.ts';
import { modelsOf, stageOf } from './stage.ts';
import { TidemillStack } from './stack.ts';
import { removeStaleAssets } from './tidy.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const app = new App({ analyticsReporting: false });
const context = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' ? value : undefined;
};

const stage = stageOf(context('stage'), app.node.tryGetContext('stages'), {
  alarmEmail: context('alarmEmail'),
  rollout: context('rollout'),
  models: context('models'),
});

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const repository = context('githubRepository');
if (repository !== undefined) {
  const described: unknown = app.node.tryGetContext('stages');
  new GithubAccessStack(app, {
    repository,
    stages: Object.keys(described ?? {}),
    provider: context('githubProvider'),
  });
} else {
  new TidemillStack(app, {
    stage,
    models: modelsOf(stage, await loadModels()),
    bundles: await bundleAll(root),
    jobImage: context('jobImage'),
  });
}
removeStaleAssets(app.synth().directory);
