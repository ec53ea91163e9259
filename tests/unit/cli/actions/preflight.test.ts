import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../cli/actions/preflight/account.ts';
import { type Finding, lookAt } from '../../../../cli/actions/preflight/check.ts';
import { checksOf } from '../../../../cli/actions/preflight/checks.ts';
import type { Planned } from '../../../../cli/actions/preflight/planned.ts';

const planned: Planned = {
  stack: 'tidemill-dev',
  resources: 114,
  shards: 2,
  reservedConcurrency: 50,
  vcpus: 2,
  bootstrap: { parameter: '/cdk-bootstrap/x/version', version: 6 },
};

const roomy: Account = {
  identity: async () => 'arn:aws:iam::123456789012:user/ada',
  bootstrapVersion: async () => 30,
  stackStatus: async () => undefined,
  unreservedConcurrency: async () => 1000,
  shards: async () => ({ limit: 500, used: 4 }),
  quota: async (service) => (service === 'vpc' ? 5 : 64),
  vpcs: async () => 1,
};

const denied = async () => {
  throw new Error('AccessDenied: not for you');
};

async function findings(account: Partial<Account>, plan = planned): Promise<Map<string, Finding>> {
  const checks = checksOf({ ...roomy, ...account }, plan);
  return new Map(
    await Promise.all(checks.map(async (check) => [check.title, await lookAt(check)] as const)),
  );
}

const stops = async (account: Partial<Account>, plan = planned): Promise<string[]> =>
  [...(await findings(account, plan))]
    .filter(([, { verdict }]) => verdict === 'stop')
    .map(([title]) => title);

describe('preflight', () => {
  it('finds nothing in the way of an account with room', async () => {
    expect(await stops({})).toEqual([]);
  });

  it('stops where the account was never bootstrapped, or long ago', async () => {
    expect(await stops({ bootstrapVersion: async () => undefined })).toEqual(['CDK bootstrap']);
    expect(await stops({ bootstrapVersion: async () => 5 })).toEqual(['CDK bootstrap']);
  });

  it.each(['ROLLBACK_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'])(
    'stops at a stack in %s, and says what to do',
    async (status) => {
      const found = await findings({ stackStatus: async () => status });

      expect(found.get('stack tidemill-dev')).toMatchObject({ verdict: 'stop', says: status });
      expect(found.get('stack tidemill-dev')?.cure).toBeTruthy();
    },
  );

  it('stops at the last VPC, but not where the stack has its own already', async () => {
    const full = { vpcs: async () => 5 };

    expect(await stops(full)).toEqual(['VPCs']);
    expect(await stops({ ...full, stackStatus: async () => 'UPDATE_COMPLETE' })).toEqual([]);
  });

  it('keeps a hundred calls for functions that reserve none, as Lambda does', async () => {
    expect(await stops({ unreservedConcurrency: async () => 150 })).toEqual([]);
    expect(await stops({ unreservedConcurrency: async () => 149 })).toEqual([
      'Lambda calls at once',
    ]);
  });

  it('stops at limits of shards, vCPUs and resources', async () => {
    expect(await stops({ shards: async () => ({ limit: 5, used: 4 }) })).toEqual([
      'Kinesis shards',
    ]);
    expect(await stops({ quota: async () => 1, vpcs: async () => 0 })).toEqual(['Fargate vCPUs']);
    expect(await stops({}, { ...planned, resources: 501 })).toEqual(['resources of the stack']);
  });

  it('is unsure of what the account will not say, and stops without credentials', async () => {
    const found = await findings({ quota: denied, identity: denied });

    expect(found.get('Fargate vCPUs')).toMatchObject({ verdict: 'unsure' });
    expect(found.get('Fargate vCPUs')?.says).toContain('not for you');
    expect(found.get('credentials')).toMatchObject({ verdict: 'stop' });
  });
});
