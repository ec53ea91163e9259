import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compileKernels } from '../../../core/train/engine/compile.mjs';

it('the WebAssembly is what its source compiles to', async () => {
  const file = new URL('../../../core/train/engine/kernels.wasm.ts', import.meta.url);

  expect(await readFile(file, 'utf8')).toBe(await compileKernels());
});
