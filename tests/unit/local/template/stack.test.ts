import { describe, expect, it } from 'vitest';
import type { Resource, ResourceHost } from '../../../../local/resource.ts';
import { createPassiveHost } from '../../../../local/template/passive.ts';
import { createStack } from '../../../../local/template/stack.ts';
import { Template } from '../../../../local/template/template.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

function fakeHost(...types: string[]) {
  const created: Resource[] = [];
  const host: ResourceHost = {
    types,
    async create(resource) {
      created.push(resource);
      return { ref: `ref-${resource.logicalId}`, attributes: { Arn: `arn-${resource.logicalId}` } };
    },
  };
  return { created, host };
}

function assembly(template: unknown) {
  return { folder: '/cdk.out', stackName: 'Mill', template: Template.parse(template) };
}

describe('createStack', () => {
  it('creates each resource after those it needs, with everything resolved', async () => {
    const { created, host } = fakeHost('X');
    const template = {
      Resources: {
        Last: { Type: 'X', Properties: { of: { Ref: 'Middle' } } },
        Middle: { Type: 'X', DependsOn: 'First', Properties: { n: 1 } },
        First: { Type: 'X', Metadata: { 'aws:asset:path': 'asset.1' } },
      },
      Outputs: { Where: { Value: { 'Fn::GetAtt': ['Last', 'Arn'] }, Description: 'here' } },
    };

    const stack = await createStack(assembly(template), [host], place);

    expect(created.map(({ logicalId }) => logicalId)).toEqual(['First', 'Middle', 'Last']);
    expect(created[0]).toMatchObject({ assetPath: '/cdk.out/asset.1', defaultName: 'Mill-First' });
    expect(created[2]?.properties).toEqual({ of: 'ref-Middle' });
    expect(stack.outputs).toEqual([{ key: 'Where', value: 'arn-Last', description: 'here' }]);
  });

  it('skips resources and outputs whose condition is false', async () => {
    const { created, host } = fakeHost('X');
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Off: { Type: 'Unheard::Of', Condition: 'Never' }, On: { Type: 'X' } },
      Outputs: { Off: { Value: { Ref: 'Off' }, Condition: 'Never' } },
    };

    const { outputs } = await createStack(assembly(template), [host], place);

    expect(created.map(({ logicalId }) => logicalId)).toEqual(['On']);
    expect(outputs).toEqual([]);
  });

  it('knows the role of a function without anybody hosting it', async () => {
    const { created, host } = fakeHost('X');
    const template = {
      Resources: {
        Role: { Type: 'AWS::IAM::Role' },
        Function: { Type: 'X', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      },
    };

    await createStack(assembly(template), [createPassiveHost(place), host], place);

    expect(created[0]?.properties['Role']).toBe('arn:aws:iam::000000000000:role/Mill-Role');
  });

  it('fails on unknown types, all at once, before anything is created', async () => {
    const { created, host } = fakeHost('X');
    const template = {
      Resources: {
        Known: { Type: 'X' },
        Bus: { Type: 'AWS::Events::EventBus', Metadata: { 'aws:cdk:path': 'Mill/Bus/Resource' } },
        Site: { Type: 'AWS::CloudFront::Distribution' },
      },
    };

    const attempt = createStack(assembly(template), [host], place);

    await expect(attempt).rejects.toThrow(
      /2 resource\(s\)[^]*AWS::Events::EventBus {2}Bus {2}\(Mill\/Bus\/Resource\)[^]*Distribution {2}Site[^]*passive\.ts/,
    );
    expect(created).toEqual([]);
  });

  it('fails on a circle and names it', async () => {
    const template = {
      Resources: {
        A: { Type: 'X', Properties: { of: { Ref: 'B' } } },
        B: { Type: 'X', DependsOn: ['A'] },
      },
    };

    await expect(createStack(assembly(template), [fakeHost('X').host], place)).rejects.toThrow(
      'A -> B -> A',
    );
  });

  it('fails with the place of the resource that could not be made', async () => {
    const broken: ResourceHost = {
      types: ['X'],
      create: () => Promise.reject(new Error('disk is full')),
    };
    const template = {
      Resources: { A: { Type: 'X', Metadata: { 'aws:cdk:path': 'Mill/A/Resource' } } },
    };

    await expect(createStack(assembly(template), [broken], place)).rejects.toThrow(
      'X A (Mill/A/Resource): disk is full',
    );
  });
});
