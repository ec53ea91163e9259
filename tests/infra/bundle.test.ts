import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleAll } from '../../infra/bundle.ts';

/** A project of the same shape, whose natives are a few bytes each. */
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemill-bundle-'));
  await write({
    'lambdas/predict.ts': `import { session } from 'onnxruntime-node'; export const handler = session;`,
    'lambdas/consume.ts': `import { session } from 'onnxruntime-node'; export const handler = session;`,
    'lambdas/archive.ts': `export const handler = (word: string) => word;`,
    'lambdas/pipeline.ts': `export const handler = 1;`,
    'lambdas/notify.ts': `export const handler = 1;`,
    'batch/main.ts': `import '@duckdb/node-api'; console.log('a job');`,
    'node_modules/onnxruntime-node/dist/index.js': `exports.session = 1`,
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime.so': 'x64',
    'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime.so': 'arm64',
    'node_modules/onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll': 'win32',
    'node_modules/onnxruntime-common/dist/cjs/index.js': '',
    'node_modules/@duckdb/node-api/lib/index.js': '',
    'node_modules/@duckdb/node-bindings/duckdb.js': '',
    'node_modules/@duckdb/node-bindings-linux-x64/duckdb.node': 'x64',
    'node_modules/detect-libc/lib/detect-libc.js': '',
  });
  for (const name of [
    'onnxruntime-node',
    'onnxruntime-common',
    '@duckdb/node-api',
    '@duckdb/node-bindings',
    '@duckdb/node-bindings-linux-x64',
    'detect-libc',
  ]) {
    await write({ [`node_modules/${name}/package.json`]: `{ "version": "1.2.3" }` });
  }
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

describe('a bundle', () => {
  it('carries the natives that its code loads, for Linux on x64 only', async () => {
    const { predict, archive, job } = await bundleAll(root);

    expect(await filesIn(archive.folder)).toEqual(['index.mjs']);
    expect(await filesIn(predict.folder)).toEqual([
      'index.mjs',
      'node_modules/onnxruntime-common/dist/cjs/index.js',
      'node_modules/onnxruntime-common/package.json',
      'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime.so',
      'node_modules/onnxruntime-node/dist/index.js',
      'node_modules/onnxruntime-node/package.json',
    ]);
    const files = await filesIn(job.folder);
    expect(files).toContain('main.mjs');
    expect(files).toContain('node_modules/@duckdb/node-bindings-linux-x64/duckdb.node');
  });

  it('is found again while neither code nor natives change', async () => {
    const first = await bundleAll(root);
    const second = await bundleAll(root);

    expect(second).toEqual(first);
  });

  it('is made anew, and the old one removed, when its code changes', async () => {
    const before = await bundleAll(root);
    await write({ 'lambdas/archive.ts': `export const handler = 'changed';` });
    const after = await bundleAll(root);

    expect(after.archive.digest).not.toBe(before.archive.digest);
    expect(after.predict).toEqual(before.predict);
    expect(await readFile(join(after.archive.folder, 'index.mjs'), 'utf8')).toContain('changed');
    expect(existsSync(before.archive.folder)).toBe(false);
  });

  it('is made anew when a native package has another version', async () => {
    const before = await bundleAll(root);
    await write({ 'node_modules/onnxruntime-node/package.json': `{ "version": "1.2.4" }` });
    const after = await bundleAll(root);

    expect(after.predict.digest).not.toBe(before.predict.digest);
    expect(after.pipeline.digest).toBe(before.pipeline.digest);
  });
});

describe('natives that this machine lacks', () => {
  it('are named with the command that gets them, and the rest is bundled', async () => {
    await rm(join(root, 'node_modules/@duckdb/node-bindings-linux-x64'), { recursive: true });

    const { cure, job } = await bundleAll(root);

    expect(cure).toBe('npm install --no-save --force @duckdb/node-bindings-linux-x64@1.2.3');
    expect(await filesIn(job.folder)).toContain('node_modules/@duckdb/node-api/lib/index.js');
  });

  it('are not spoken of where nothing is missing', async () => {
    expect(await bundleAll(root)).not.toHaveProperty('cure');
  });
});

it('fails with file and line where something does not bundle', async () => {
  await write({ 'lambdas/consume.ts': `import './not-there.ts';` });

  await expect(bundleAll(root)).rejects.toThrow(/lambdas\/consume\.ts:1.*not-there/);
});
