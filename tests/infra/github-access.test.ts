import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { GithubAccessStack, type GithubAccessProps } from '../../infra/github-access.ts';
import { statementsOf } from './synthesize.ts';

function access(props: Partial<GithubAccessProps> = {}): Template {
  const app = new App({ builtinCloudFormationValidation: false });
  return Template.fromStack(
    new GithubAccessStack(app, { repository: 'mill/models', stages: ['dev', 'prod'], ...props }),
  );
}

const DEPLOY = 'GitHub, deploys and tries stages';
const DIFF = 'GitHub, shows what a pull request would change';

describe('access for GitHub', () => {
  it.each([
    {
      role: DEPLOY,
      subjects: ['repo:mill/models:environment:dev', 'repo:mill/models:environment:prod'],
    },
    { role: DIFF, subjects: ['repo:mill/models:pull_request'] },
  ])('$role is assumed by tokens of $subjects only', ({ role, subjects }) => {
    access().hasResourceProperties('AWS::IAM::Role', {
      Description: role,
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                'token.actions.githubusercontent.com:sub': subjects,
              },
            },
          }),
        ],
      },
    });
  });

  it('a pull request may only look', () => {
    const statements = statementsOf(access(), DIFF);

    expect(statements.map(({ Action }) => Action)).toEqual(['sts:AssumeRole']);
    expect(JSON.stringify(statements).match(/cdk-hnb659fds-[\w-]+-role/g)).toEqual([
      'cdk-hnb659fds-lookup-role',
    ]);
  });

  it('a deployment reaches the stages that it is for, and their resources only', () => {
    const resources = JSON.stringify(
      statementsOf(access({ stages: ['dev'] }), DEPLOY).map(({ Resource }) => Resource),
    );

    expect(resources).toContain('function:tidemill-dev-*:live');
    expect(resources).not.toContain('tidemill-prod');
  });

  it('uses the provider that the account has', () => {
    const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';

    access({ provider }).resourceCountIs('AWS::IAM::OIDCProvider', 0);
    access().resourceCountIs('AWS::IAM::OIDCProvider', 1);
  });

  it('fails on what is no repository', () => {
    expect(() => access({ repository: 'models' })).toThrow("'models' must read owner/name");
  });
});
