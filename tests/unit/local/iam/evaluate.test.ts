import { describe, expect, it } from 'vitest';
import { decide } from '../../../../local/iam/evaluate.ts';
import type { Principal } from '../../../../local/iam/principal.ts';
import { compilePolicy } from '../../../../local/iam/statement.ts';

const role: Principal = {
  kind: 'role',
  roleArn: 'arn:aws:iam::000000000000:role/predict',
  session: 'mill-predict',
};
const KEY = 'arn:aws:s3:::mill/versions/churn/1/model.onnx';

const service = (name: string): Principal => ({ kind: 'service', name, sourceArn: 'arn:x' });

type Written = Record<string, unknown>;

function statements(...written: Written[]) {
  const whole = written.map((one) =>
    Object.assign({ Effect: 'Allow', Action: 's3:GetObject' }, one),
  );
  return compilePolicy(
    { Version: '2012-10-17', Statement: whole },
    { path: 'Mill/Role', madeAt: [] },
  );
}

function kindOf(
  identity: Written[],
  resource: Written[] = [],
  principal: Principal = role,
): string {
  const question = { principal, action: 's3:GetObject', resource: KEY, context: {} };
  return decide(question, {
    identity: statements(...identity),
    resource: statements(...resource.map((one) => Object.assign({ Resource: '*' }, one))),
  }).kind;
}

describe('policies decide', () => {
  it.each([
    { what: 'the very resource', statement: { Resource: KEY }, expected: 'allowed' },
    { what: 'a wildcard', statement: { Resource: 'arn:aws:s3:::mill/*' }, expected: 'allowed' },
    { what: 'everything', statement: { Resource: '*' }, expected: 'allowed' },
    { what: 'another key', statement: { Resource: `${KEY}x` }, expected: 'not-allowed' },
    {
      what: 'a wildcard action, in any case',
      statement: { Action: 's3:get*', Resource: '*' },
      expected: 'allowed',
    },
    {
      what: 'another action',
      statement: { Action: ['s3:PutObject', 's3:GetObjectAcl'], Resource: '*' },
      expected: 'not-allowed',
    },
    {
      what: 'all actions but others',
      statement: { Action: undefined, NotAction: 's3:Put*', Resource: '*' },
      expected: 'allowed',
    },
    {
      what: 'all resources but this',
      statement: { NotResource: 'arn:aws:s3:::mill/versions/*' },
      expected: 'not-allowed',
    },
  ])('$expected where the role may use $what', ({ statement, expected }) => {
    expect(kindOf([statement])).toBe(expected);
  });

  it('denied wherever one statement denies, whatever others allow', () => {
    const deny = { Effect: 'Deny', Resource: 'arn:aws:s3:::mill/versions/*' };

    expect(kindOf([{ Resource: '*' }, deny])).toBe('denied');
    expect(kindOf([{ Resource: '*' }], [{ ...deny, Principal: '*' }])).toBe('denied');
  });

  it('allowed where only the resource lets the role in', () => {
    const { roleArn } = role as { roleArn: string };

    expect(kindOf([], [{ Principal: { AWS: roleArn } }])).toBe('allowed');
    expect(kindOf([], [{ Principal: { AWS: `${roleArn}-2` } }])).toBe('not-allowed');
  });

  it('not allowed where the resource leaves it to the account, which says nothing', () => {
    const account = { Principal: { AWS: 'arn:aws:iam::000000000000:root' } };

    expect(kindOf([], [account])).toBe('not-allowed');
    expect(kindOf([{ Resource: '*' }], [{ ...account, Effect: 'Deny' }])).toBe('denied');
  });

  it('allowed for a service that the resource names, and for no other', () => {
    const policy = { Principal: { Service: 'events.amazonaws.com' } };

    expect(kindOf([], [policy], service('events.amazonaws.com'))).toBe('allowed');
    expect(kindOf([], [policy], service('sns.amazonaws.com'))).toBe('not-allowed');
  });
});

describe('a policy', () => {
  it.each([
    { what: 'NotPrincipal', written: { NotPrincipal: '*' }, told: /NotPrincipal/ },
    { what: 'an element that is none', written: { Recource: '*' }, told: /Recource/ },
    { what: 'policy variables', written: { Resource: 'arn:${aws:username}' }, told: /variables/ },
    { what: 'federated users', written: { Principal: { Federated: 'x' } }, told: /Federated/ },
  ])('fails with $what, by name', ({ written, told }) => {
    expect(() => statements({ Resource: '*', ...written })).toThrow(told);
    expect(() => statements({ Resource: '*', ...written })).toThrow(/^policy Mill\/Role: /);
  });
});
