import { expect, it } from 'vitest';
import { limitIn } from '../../rehearsal/limits.ts';

it.each([
  {
    said: 'moto: no CloudFormation support for AWS::CodeDeploy::Application',
    limit: 'has no AWS::CodeDeploy::Application',
  },
  {
    said: 'The vpc vpc-75d568e1 has dependencies and cannot be deleted.',
    limit: 'leaves subnets and route tables when a stack goes, and so the network',
  },
])('"$said" is a limit of the stand-in', ({ said, limit }) => {
  expect(limitIn(said)).toBe(limit);
});

it('what is ours is no limit of the stand-in', () => {
  expect(limitIn('Resource handler returned message: Invalid memory size')).toBeUndefined();
});
