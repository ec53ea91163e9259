import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { flightDelay, resourcesOf, stage, synthesize } from './synthesize.ts';

const dev = synthesize([flightDelay]);
const prod = synthesize([flightDelay], { stage: stage('prod') });
const SERVING = ['predict', 'consume'];

describe.each([
  { name: 'dev', template: dev },
  { name: 'prod', template: prod },
])('in $name', ({ template }) => {
  it('callers and streams reach the alias, which stands on a version', () => {
    const aliases = Object.values(template.findResources('AWS::Lambda::Alias'));

    expect(aliases.map(({ Properties }) => Properties.Name)).toEqual(['live', 'live']);
    for (const { Properties } of aliases) {
      expect(Properties.FunctionVersion).toEqual({
        'Fn::GetAtt': [expect.stringContaining('CurrentVersion'), 'Version'],
      });
    }
    template.hasResourceProperties('AWS::Lambda::Url', { Qualifier: 'live' });
    const [ofEvents] = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { DestinationConfig: Match.anyValue() },
      }),
    );
    expect(JSON.stringify(ofEvents?.Properties.FunctionName)).toMatch(/StreamLiveAlias.*":live"/);
  });
});

describe('new code in prod', () => {
  it('gets a tenth of the calls for ten minutes, and goes back if an alarm rings', () => {
    for (const purpose of SERVING) {
      prod.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
        DeploymentGroupName: purpose,
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
        AlarmConfiguration: { Enabled: true },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: Match.arrayWith(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
        },
      });
    }
  });

  it.each([
    {
      purpose: 'predict',
      alarms: ['predict-errors', 'predict-faults', 'predict-model-load-failures'],
    },
    { purpose: 'consume', alarms: ['consume-errors', 'consume-model-load-failures'] },
  ])('of $purpose is watched by $alarms', ({ purpose, alarms }) => {
    const resources = resourcesOf(prod);
    const group = Object.values(resources).find(
      ({ Properties }) => Properties['DeploymentGroupName'] === purpose,
    );
    const { Alarms } = (group?.Properties['AlarmConfiguration'] ?? { Alarms: [] }) as {
      Alarms: { Name: { Ref: string } }[];
    };

    const names = Alarms.map(({ Name }) => resources[Name.Ref]?.Properties['AlarmName']);
    expect(new Set(names)).toEqual(
      new Set(alarms.map((what) => `tidemill-prod-flight-delay-${what}`)),
    );
  });

  it('is moved by CodeDeploy, which may move these aliases only', () => {
    const role = 'tidemill-prod-flight-delay, to move its aliases to new code';
    const [move] = Object.values(
      prod.findResources('AWS::IAM::Role', { Properties: { Description: role } }),
    ).flatMap(({ Properties }) => Properties.Policies[0].PolicyDocument.Statement);

    expect(move.Action).toContain('lambda:UpdateAlias');
    expect(JSON.stringify(move.Resource).match(/function:[\w-]+:\w+/g)).toEqual(
      SERVING.toSorted().map((purpose) => `function:tidemill-prod-flight-delay-${purpose}:live`),
    );
    for (const { UpdatePolicy } of Object.values(prod.findResources('AWS::Lambda::Alias'))) {
      expect(UpdatePolicy).toHaveProperty('CodeDeployLambdaAliasUpdate.DeploymentGroupName');
    }
  });

  it('leaves the old version where it was', () => {
    prod.allResources('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
    const ofDev = Object.values(dev.findResources('AWS::Lambda::Version'));
    expect(ofDev.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([undefined, undefined]);
  });

  it('takes all calls at once where the deployment wants that', () => {
    const hurried = synthesize([flightDelay], {
      stage: { ...stage('prod'), rollout: 'all-at-once' },
    });

    hurried.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    for (const { UpdatePolicy } of Object.values(hurried.findResources('AWS::Lambda::Alias'))) {
      expect(UpdatePolicy).toBeUndefined();
    }
  });
});
