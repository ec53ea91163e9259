/** Running the script of `node --eval`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Runs a script; each module that it imports is evaluated anew for each `count`, while what those
 * import stays as it was loaded first.
 */
export async function runScript(script: string, count: number): Promise<void> {
  Reflect.set(globalThis, 'require', createRequire(join(process.cwd(), '[eval]')));
  new Script(script, {
    filename: '[eval]',
    importModuleDynamically: (specifier) => import(`${specifier}?job=${count}`),
  }).runInThisContext();
}
