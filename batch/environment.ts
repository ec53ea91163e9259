/** What a job runs on, as far as results could depend on it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, release } from 'node:os';

const LIBRARIES = ['@duckdb/node-api', 'onnxruntime-node'];

/** Versions of the runtime, the platform and the libraries that compute, by name. */
export function environment(): Record<string, string> {
  const versions = LIBRARIES.flatMap((name) => {
    const version = versionOf(name);
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    node: process.version,
    platform: `${platform()}-${arch()} ${release()}`,
    ...Object.fromEntries(versions),
  };
}

/** Undefined where the library is not beside the code, as for a step that needs none. */
function versionOf(library: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${library}/package.json`);
    const { version }: { version?: string } = JSON.parse(readFileSync(manifest, 'utf8'));
    return version;
  } catch {
    return undefined;
  }
}
