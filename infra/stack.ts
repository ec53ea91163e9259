/** The one stack: a platform, and on it every declared model. */
import { Annotations, CfnResource, Fn, Stack, Tags } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import type { Bundles } from './bundle.ts';
import { JobCode } from './job-code.ts';
import { Model } from './model.ts';
import { pascalCase } from './names.ts';
import { Platform } from './platform.ts';
import type { Stage } from './stage.ts';

export interface TidemillStackProps {
  readonly stage: Stage;
  readonly models: readonly ModelDefinition[];
  readonly bundles: Bundles;

  /** @default the stock Node image; see JobCode */
  readonly jobImage?: string;
}

const MOST_RESOURCES = 500;

export class TidemillStack extends Stack {
  /** Left to the deployment, also where the account is pinned: asking it would take credentials. */
  override get availabilityZones(): string[] {
    return [0, 1].map((at) => Fn.select(at, Fn.getAzs()));
  }

  constructor(scope: Construct, props: TidemillStackProps) {
    const { stage, models, bundles } = props;
    const stackName = `tidemill-${stage.name}`;
    super(scope, stackName, {
      stackName,
      env: { account: stage.account, region: stage.region },
      // Against `cdk destroy`, in the console too: whoever means it switches it off first.
      terminationProtection: stage.keepsData,
      description: 'Tidemill: training, serving and monitoring of tabular models',
      analyticsReporting: false,
    });
    // CDK orders functions after their roles in writing, although a reference does so already.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    const platform = new Platform(this, 'Platform', {
      stackName,
      stage,
      notify: bundles.notify,
    });
    const jobCode = new JobCode(this, 'JobCode', { code: bundles.job, image: props.jobImage });
    const made = models.map((definition) => {
      const id = pascalCase(definition.name);
      const model = new Model(this, id, { platform, definition, bundles, jobCode });
      tag(model, { model: definition.name, owner: definition.problem.owner });
      return model;
    });
    tellSize(this, made);
    if (!stage.described) {
      Annotations.of(this).addInfo(
        `cdk.json does not describe stage '${stage.name}', so its data goes with its stack`,
      );
    }
    tag(this, { project: 'tidemill', stage: stage.name });
    if (bundles.cure !== undefined) {
      Annotations.of(this).addWarningV2(
        'tidemill:natives',
        `jobs would lack native code for Linux on x64; before cdk deploy run: ${bundles.cure}`,
      );
    }
  }
}

/** Says how full the stack is: CloudFormation takes no more than 500 resources. */
function tellSize(stack: Stack, models: readonly Model[]): void {
  const all = resourcesIn(stack);
  const ofModels = models.map((model) => resourcesIn(model));
  const largest = Math.max(0, ...ofModels);
  const parts = models.map((model, at) => `${model.node.id} ${ofModels[at]}`).join(', ');
  const room =
    largest === 0 ? '' : `; room for ${Math.floor((MOST_RESOURCES - all) / largest)} more`;
  const size = `${all} resources of ${MOST_RESOURCES} that CloudFormation takes (${parts})`;
  if (all > MOST_RESOURCES) {
    throw new Error(
      `${size}; let another stage have some of the models: "models" of a stage in cdk.json`,
    );
  }
  Annotations.of(stack).addInfo(`${size}${room}`);
}

function resourcesIn(scope: IConstruct): number {
  return scope.node.findAll().filter((each) => CfnResource.isCfnResource(each)).length;
}

function tag(scope: IConstruct, tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    // CDK would tag dashboards too, which CloudFormation's linter does not know yet.
    Tags.of(scope).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }
}
