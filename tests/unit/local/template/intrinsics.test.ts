import { describe, expect, it } from 'vitest';
import { references, resolve } from '../../../../local/template/intrinsics.ts';
import { createScope } from '../../../../local/template/scope.ts';
import { Template } from '../../../../local/template/template.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

const template = Template.parse({
  Parameters: { Stage: { Type: 'String', Default: 'dev' }, Secret: { Type: 'String' } },
  Mappings: { Sizes: { dev: { memory: 512 } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  },
  Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
});

function scope() {
  const made = createScope(template, 'tidemill', place);
  made.define('Queue', { ref: 'http://queue', attributes: { Arn: 'arn:queue' } });
  return made;
}

describe('resolve', () => {
  it.each([
    { of: 'a resource', value: { Ref: 'Queue' }, expected: 'http://queue' },
    { of: 'a parameter', value: { Ref: 'Stage' }, expected: 'dev' },
    { of: 'a pseudo parameter', value: { Ref: 'AWS::Region' }, expected: 'us-east-1' },
    { of: 'an attribute', value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, expected: 'arn:queue' },
    { of: 'a dotted attribute', value: { 'Fn::GetAtt': 'Queue.Arn' }, expected: 'arn:queue' },
    {
      of: 'a join',
      value: { 'Fn::Join': ['/', ['a', { Ref: 'AWS::AccountId' }, 3]] },
      expected: 'a/000000000000/3',
    },
    {
      of: 'a short substitution',
      value: { 'Fn::Sub': '${Queue.Arn}-${AWS::Partition}-${!Kept}' },
      expected: 'arn:queue-aws-${Kept}',
    },
    {
      of: 'a long substitution',
      value: { 'Fn::Sub': ['${Own}:${Stage}', { Own: { Ref: 'AWS::StackName' } }] },
      expected: 'tidemill:dev',
    },
    {
      of: 'a selected part',
      value: { 'Fn::Select': ['1', { 'Fn::Split': [',', 'x,y,z'] }] },
      expected: 'y',
    },
    { of: 'a condition', value: { 'Fn::If': ['IsProd', 'p', 'd'] }, expected: 'd' },
    { of: 'all conditions', value: { 'Fn::If': ['Both', 'yes', 'no'] }, expected: 'no' },
    { of: 'any condition', value: { 'Fn::If': ['Either', 'yes', 'no'] }, expected: 'yes' },
    {
      of: 'a map',
      value: { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] },
      expected: 512,
    },
    { of: 'base 64', value: { 'Fn::Base64': 'hi' }, expected: 'aGk=' },
    {
      of: 'zones',
      value: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      expected: 'us-east-1a',
    },
  ])('answers the value of $of', ({ value, expected }) => {
    expect(resolve({ nested: [value] }, scope())).toEqual({ nested: [expected] });
  });

  it('leaves out what is AWS::NoValue', () => {
    const nothing = { 'Fn::If': ['IsProd', 'x', { Ref: 'AWS::NoValue' }] };

    expect(resolve({ kept: 1, gone: nothing, list: [nothing, 2] }, scope())).toEqual({
      kept: 1,
      list: [2],
    });
  });

  it('keeps the conditions of a policy statement as they are', () => {
    const statement = { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } };

    expect(resolve(statement, scope())).toEqual(statement);
  });

  it.each([
    {
      wrong: 'an attribute nobody has',
      value: { 'Fn::GetAtt': ['Queue', 'Color'] },
      says: 'Color',
    },
    { wrong: 'a resource that is not there', value: { Ref: 'Ghost' }, says: "'Ghost'" },
    { wrong: 'a parameter without a default', value: { Ref: 'Secret' }, says: 'no default' },
    { wrong: 'another stack', value: { 'Fn::ImportValue': 'x' }, says: 'another stack' },
    { wrong: 'an unknown function', value: { 'Fn::Magic': 'x' }, says: 'Fn::Magic' },
    { wrong: 'a list that is short', value: { 'Fn::Select': [4, ['a']] }, says: 'no entry 4' },
  ])('fails on $wrong', ({ value, says }) => {
    expect(() => resolve(value, scope())).toThrow(says);
  });
});

describe('references', () => {
  it('finds resources in Ref, GetAtt and Sub, but not the names a Sub defines itself', () => {
    const value = [
      { Ref: 'A' },
      { 'Fn::GetAtt': ['B', 'Arn'] },
      { 'Fn::Sub': ['${C.Arn} ${Own} ${!Literal}', { Own: { Ref: 'D' } }] },
    ];

    expect([...references(value)].toSorted()).toEqual(['A', 'B', 'C', 'D']);
  });
});
