/** Removes what earlier syntheses left: CDK keeps all assets it ever staged, here 200 MB a change. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** @param assembly folder that was just synthesized */
export function removeStaleAssets(assembly: string): void {
  const entries = readdirSync(assembly);
  const named = entries
    .filter((entry) => entry.endsWith('.assets.json'))
    .map((manifest) => readFileSync(join(assembly, manifest), 'utf8'))
    .join('\n');
  for (const entry of entries) {
    if (entry.startsWith('asset.') && !named.includes(`"${entry}"`)) {
      rmSync(join(assembly, entry), { recursive: true, force: true });
    }
  }
}
