import { describe, expect, it } from 'vitest';
import { decodeForm } from '../../../../local/wire/aws-query.ts';

function decode(form: string): unknown {
  return decodeForm(new URLSearchParams(form));
}

describe('decodeForm', () => {
  it('reads lists of structures in the order of their numbers', () => {
    expect(decode('Tags.member.10.Key=c&Tags.member.2.Key=b&Tags.member.1.Key=a')).toEqual({
      Tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }],
    });
  });

  it('reads flattened lists', () => {
    expect(decode('AttributeName.1=All&AttributeName.2=Policy')).toEqual({
      AttributeName: ['All', 'Policy'],
    });
  });

  it.each([
    { form: 'Attributes.entry.1.key=a&Attributes.entry.1.value=1', naming: 'key and value' },
    { form: 'Attributes.entry.1.Name=a&Attributes.entry.1.Value=1', naming: 'Name and Value' },
  ])('reads maps whose entries have $naming', ({ form }) => {
    expect(decode(form)).toEqual({ Attributes: { a: '1' } });
  });

  it('reads structures within lists within structures', () => {
    expect(
      decode('MetricData.member.1.Dimensions.member.1.Name=n&MetricData.member.1.Value=2.5'),
    ).toEqual({ MetricData: [{ Dimensions: [{ Name: 'n' }], Value: '2.5' }] });
  });

  it('takes names such as __proto__ for nothing but names', () => {
    decode('__proto__.polluted=yes');

    expect({}).not.toHaveProperty('polluted');
  });
});
