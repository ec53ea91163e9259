/** Programs of the region that run in processes of their own. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** Compiles a program into one file that bare Node.js runs. */
export async function bundleProgram(entry: URL, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
}
