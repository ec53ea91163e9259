import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { projectRoot } from '../../cli/project.ts';
import { bundleAll } from '../../infra/bundle.ts';

/** Of what a function downloads when it starts cold; Lambda takes 50. */
const MOST_MB = 20;

/** As a zip, which packs file by file as gzip does. */
function zippedMb(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => gzipSync(readFileSync(join(entry.parentPath, entry.name))).length / 1e6)
    .reduce((total, size) => total + size, 0);
}

it(`no function weighs more than ${MOST_MB} MB, and those without a model next to nothing`, async () => {
  const { predict, consume, archive, pipeline } = await bundleAll(projectRoot);

  // Both carry the ONNX Runtime of one platform, 17.5 MB of it.
  for (const { folder } of [predict, consume]) {
    const size = zippedMb(folder);
    expect(size).toBeGreaterThan(10);
    expect(size).toBeLessThan(MOST_MB);
  }
  for (const { folder } of [archive, pipeline]) expect(zippedMb(folder)).toBeLessThan(1);
});
