/** Running the script of `node --eval`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Runs a script, whose names are its own; each module that it imports is evaluated anew for each
 * `count`, while what those import stays as it was loaded first.
 */
export function runScript(script: string, count: number): void {
  const compiled = new Script(`(function (require) {${script}\n})`, {
    filename: '[eval]',
    importModuleDynamically: (specifier) => import(`${specifier}?job=${count}`),
  });
  compiled.runInThisContext()(createRequire(join(process.cwd(), '[eval]')));
}
