import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadHandler } from '../../../../local/lambda/runtime/load-handler.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handler-'));
  await writeFile(
    join(folder, 'esm.mjs'),
    'export const handler = () => 1; export const api = { get: () => 2 };',
  );
  await writeFile(join(folder, 'common.cjs'), 'exports.handler = () => 3;');
  await writeFile(join(folder, 'needy.mjs'), `import 'package-nobody-has';`);
  await writeFile(join(folder, 'angry.mjs'), `throw new RangeError('no setting TABLE');`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('loadHandler', () => {
  it.each([
    { name: 'esm.handler', expected: 1 },
    { name: 'esm.api.get', expected: 2 },
    { name: 'common.handler', expected: 3 },
  ])('finds $name', async ({ name, expected }) => {
    const handler = await loadHandler(folder, name);

    expect(handler({}, {}, () => undefined)).toBe(expected);
  });

  it.each([
    { name: 'esm', error: 'Runtime.MalformedHandlerName' },
    { name: 'ghost.handler', error: 'Runtime.ImportModuleError' },
    { name: 'esm.ghost', error: 'Runtime.HandlerNotFound' },
    { name: 'needy.handler', error: 'Runtime.ImportModuleError' },
    { name: 'angry.handler', error: 'RangeError' },
  ])('fails on $name with $error', async ({ name, error }) => {
    await expect(loadHandler(folder, name)).rejects.toMatchObject({ name: error });
  });
});
