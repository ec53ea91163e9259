/** Compiles kernels.as into kernels.wasm.ts; run by `npm run kernels` after a change. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

// The compiler knows sources by the ending .ts, which here is for what TypeScript reads.
const SOURCE = 'kernels.ts';
const OPTIONS =
  `${SOURCE} --outFile kernels.wasm -O3 --runtime stub --noAssert --enable simd,threads
  --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536`.split(/\s+/);

/** Returns the text of kernels.wasm.ts. */
export async function compileKernels() {
  const source = await readFile(new URL('kernels.as', import.meta.url), 'utf8');
  let binary = new Uint8Array();
  const { error } = await main(OPTIONS, {
    readFile: (name) => (name === SOURCE ? source : null),
    listFiles: () => [],
    writeFile: (_name, contents) => {
      binary = contents;
    },
  });
  if (error) throw error;
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,90}/g);
  return [
    '/** WebAssembly that `npm run kernels` made of kernels.as, in base64. */',
    'export const KERNELS = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');\n",
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('kernels.wasm.ts', import.meta.url), await compileKernels());
}
