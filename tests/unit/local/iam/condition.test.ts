import { describe, expect, it } from 'vitest';
import { compileConditions } from '../../../../local/iam/condition.ts';

const KEY = 'dynamodb:leadingkeys';

describe('conditions', () => {
  it.each([
    { operator: 'StringEquals', wanted: 'a', actual: ['a'], expected: true },
    { operator: 'StringEquals', wanted: 'a', actual: ['A'], expected: false },
    { operator: 'StringEqualsIgnoreCase', wanted: 'a', actual: ['A'], expected: true },
    { operator: 'StringNotEquals', wanted: 'a', actual: ['b'], expected: true },
    { operator: 'StringLike', wanted: 'alias#a#*', actual: ['alias#a#champion'], expected: true },
    { operator: 'StringLike', wanted: 'alias#a#*', actual: ['alias#ab#champion'], expected: false },
    { operator: 'StringLike', wanted: 'model-?', actual: ['model-1'], expected: true },
    { operator: 'StringLike', wanted: 'a.c', actual: ['abc'], expected: false },
    { operator: 'StringNotLike', wanted: 'a*', actual: ['ab'], expected: false },
    // what no value is known of: true only where the operator says no, or lets it be
    { operator: 'StringEquals', wanted: 'a', actual: [], expected: false },
    { operator: 'StringEqualsIfExists', wanted: 'a', actual: [], expected: true },
    { operator: 'StringNotEquals', wanted: 'a', actual: [], expected: true },
    { operator: 'ForAllValues:StringEquals', wanted: 'a', actual: [], expected: true },
    { operator: 'ForAnyValue:StringEquals', wanted: 'a', actual: [], expected: false },
    { operator: 'ForAllValues:StringEquals', wanted: 'a', actual: ['a', 'b'], expected: false },
    { operator: 'ForAnyValue:StringEquals', wanted: 'a', actual: ['a', 'b'], expected: true },
    { operator: 'Null', wanted: 'true', actual: [], expected: true },
    { operator: 'Null', wanted: 'true', actual: ['a'], expected: false },
    { operator: 'Bool', wanted: 'false', actual: ['False'], expected: true },
  ])('$operator $wanted of $actual is $expected', ({ operator, wanted, actual, expected }) => {
    const holds = compileConditions({ [operator]: { 'dynamodb:LeadingKeys': wanted } });

    expect(holds({ [KEY]: actual })).toBe(expected);
  });

  it('matches ARNs part by part', () => {
    const holds = compileConditions({
      ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:000000000000:rule/mill-*' },
    });
    const from = (arn: string): boolean => holds({ 'aws:sourcearn': [arn] });

    expect(from('arn:aws:events:us-east-1:000000000000:rule/mill-upload')).toBe(true);
    expect(from('arn:aws:events:us-east-1:111111111111:x:000000000000:rule/mill-a')).toBe(false);
  });

  it('takes any of several values, and all of several keys and operators', () => {
    const holds = compileConditions({
      StringEquals: { 's3:prefix': ['a', 'b'], 's3:delimiter': '/' },
      Bool: { 'aws:SecureTransport': true },
    });
    const context = { 's3:prefix': ['b'], 's3:delimiter': ['/'], 'aws:securetransport': ['true'] };

    expect(holds(context)).toBe(true);
    expect(holds({ ...context, 's3:prefix': ['c'] })).toBe(false);
    expect(holds({ ...context, 'aws:securetransport': ['false'] })).toBe(false);
  });

  it('fails on an operator or a key that it cannot judge, naming it', () => {
    expect(() => compileConditions({ IpAddress: { 's3:prefix': '10.0.0.0/8' } })).toThrow(
      /operator 'IpAddress' is unknown .*StringLike/,
    );
    expect(() => compileConditions({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } })).toThrow(
      "condition key 'aws:SourceVpc' has no value on a laptop",
    );
  });
});
