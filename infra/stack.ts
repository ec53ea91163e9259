/** The one stack: a platform, and on it every declared model. */
import { Annotations, Stack, Tags } from 'aws-cdk-lib';
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

  /** @default nobody gets mails about alarms */
  readonly alarmEmail?: string;

  /** @default the stock Node image; see JobCode */
  readonly jobImage?: string;
}

export class TidemillStack extends Stack {
  constructor(scope: Construct, props: TidemillStackProps) {
    const { stage, models, bundles } = props;
    const stackName = `tidemill-${stage.name}`;
    super(scope, stackName, {
      stackName,
      description: 'Tidemill: training, serving and monitoring of tabular models',
      analyticsReporting: false,
    });
    // CDK orders functions after their roles in writing, although a reference does so already.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    const platform = new Platform(this, 'Platform', {
      stackName,
      stage,
      alarmEmail: props.alarmEmail,
    });
    const jobCode = new JobCode(this, 'JobCode', { code: bundles.job, image: props.jobImage });
    for (const definition of models) {
      const id = pascalCase(definition.name);
      const model = new Model(this, id, { platform, definition, bundles, jobCode });
      tag(model, { model: definition.name, owner: definition.problem.owner });
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

function tag(scope: IConstruct, tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    // CDK would tag dashboards too, which CloudFormation's linter does not know yet.
    Tags.of(scope).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }
}
