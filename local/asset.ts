/** The code of functions and jobs, laid out so that it runs on this machine. */
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Copies an asset to `<codeFolder>/<asset name>` and returns that folder; one that is there already
 * is kept, because CDK names assets by their hash.
 *
 * Bundled `node_modules` hold natives for Lambda's Linux. Here they give way to a link to the
 * project's own, whose natives npm chose for this machine.
 */
export async function materialiseAsset(
  assetPath: string,
  codeFolder: string,
  projectRoot: string,
): Promise<string> {
  const target = join(codeFolder, basename(assetPath));
  if (existsSync(target)) return target;
  if (!existsSync(assetPath)) {
    throw new Error(`asset folder ${assetPath} does not exist; run 'npx cdk synth' first`);
  }
  const unfinished = `${target}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(codeFolder, { recursive: true });
  await cp(assetPath, unfinished, {
    recursive: true,
    filter: (source) => basename(source) !== 'node_modules',
  });
  await symlink(join(projectRoot, 'node_modules'), join(unfinished, 'node_modules'), 'dir');
  await rename(unfinished, target).catch(async (cause: unknown) => {
    // Another resource with the same asset was faster.
    if (!existsSync(target)) throw cause;
    await rm(unfinished, { recursive: true, force: true });
  });
  return target;
}
