import { expect, it } from 'vitest';
import { defaultName } from '../../../../local/template/default-name.ts';

it('names a resource after stack and logical id', () => {
  expect(defaultName('Tidemill', 'Events1A2B', 'AWS::Kinesis::Stream')).toBe('Tidemill-Events1A2B');
});

it('keeps bucket names in lower case', () => {
  expect(defaultName('Tidemill', 'Store', 'AWS::S3::Bucket')).toBe('tidemill-store');
});

it('cuts long names to the limit of the service, the same way each time and apart from others', () => {
  const long = 'ConsumeFunctionOfAVeryLongModelNameThatGoesOnAndOnForever';
  const names = [`${long}A`, `${long}B`, `${long}A`].map((id) =>
    defaultName('Tidemill', id, 'AWS::Lambda::Function'),
  );

  expect(names[0]).toHaveLength(64);
  expect(names[0]).not.toBe(names[1]);
  expect(names[0]).toBe(names[2]);
});
