import { describe, expect, it } from 'vitest';
import { withStreamName } from '../../../../local/kinesis/engine.ts';

describe('withStreamName', () => {
  it('finds the name in the ARN', () => {
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/flights-events';

    expect(withStreamName({ StreamARN, Limit: 5 })).toEqual({
      StreamName: 'flights-events',
      Limit: 5,
    });
  });

  it('leaves a name alone', () => {
    expect(withStreamName({ StreamName: 'a' })).toEqual({ StreamName: 'a' });
  });

  it('fails for what is not the ARN of a stream', () => {
    expect(() => withStreamName({ StreamARN: 'arn:aws:sqs:us-east-1:000000000000:queue' })).toThrow(
      /must have the form arn:aws:kinesis/,
    );
  });
});
