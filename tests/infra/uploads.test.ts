import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { model as flightDelay } from '../../models/flight-delay/model.ts';
import { synthesize } from './synthesize.ts';

describe('a model that trains on uploads', () => {
  const declared = {
    ...flightDelay,
    triggers: { upload: { suffix: '_SUCCESS', restHours: 1 } },
  };
  const template = synthesize([declared]);

  it('has the bucket send its events, and a rule for its own data', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        source: ['aws.s3'],
        detail: Match.objectLike({
          object: { key: [{ wildcard: 'datasets/flight-delay/*_SUCCESS' }] },
        }),
      }),
    });
  });

  it('is no other: nothing is sent where nobody declared it', () => {
    const rules = synthesize([flightDelay]).findResources('AWS::Events::Rule', {
      Properties: { EventPattern: { source: ['aws.s3'] } },
    });
    expect(rules).toEqual({});
  });
});
