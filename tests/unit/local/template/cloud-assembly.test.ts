import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCloudAssembly } from '../../../../local/template/cloud-assembly.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assembly-'));
});
afterEach(() => rm(folder, { recursive: true }));

const stack = (environment: string) => ({
  type: 'aws:cloudformation:stack',
  environment,
  properties: { templateFile: 'Mill.template.json', stackName: 'mill-dev' },
});

async function write(artifacts: Record<string, unknown>): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ version: '48', artifacts }));
  await writeFile(
    join(folder, 'Mill.template.json'),
    JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
  );
}

describe('readCloudAssembly', () => {
  it('finds the stack among the artifacts', async () => {
    await write({
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      Mill: stack('aws://123456789012/eu-west-1'),
    });

    expect(await readCloudAssembly(folder)).toMatchObject({
      stackName: 'mill-dev',
      account: '123456789012',
      region: 'eu-west-1',
      template: { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } },
    });
  });

  it('leaves account and region open when the app does', async () => {
    await write({ Mill: stack('aws://unknown-account/unknown-region') });

    const assembly = await readCloudAssembly(folder);

    expect(assembly.account).toBeUndefined();
    expect(assembly.region).toBeUndefined();
  });

  it('fails on two stacks and names them', async () => {
    await write({ One: stack(''), Two: stack('') });

    await expect(readCloudAssembly(folder)).rejects.toThrow('2 stacks (One, Two)');
  });

  it('fails before synth and says to run it', async () => {
    await expect(readCloudAssembly(folder)).rejects.toThrow(/manifest\.json; run: npx cdk synth/);
  });
});
