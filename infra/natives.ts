/** Packages with native code: they cannot be bundled, so a bundle carries their files. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A package of `node_modules` and which of its files Lambda's and Batch's Linux on x64 need. */
export interface NativePackage {
  readonly name: string;
  readonly files: RegExp;
}

/** Six platforms come with the npm package; 45 MB of one are enough. */
export const ONNX_RUNTIME: readonly NativePackage[] = [
  { name: 'onnxruntime-node', files: /^(dist\/.*\.js|bin\/napi-v6\/linux\/x64\/.*)$/ },
  // Its manifest sends `require` to cjs, which is how onnxruntime-node loads it.
  { name: 'onnxruntime-common', files: /^dist\/(cjs|esm)\/[^/]*(\.js|package\.json)$/ },
];

export const DUCKDB: readonly NativePackage[] = [
  { name: '@duckdb/node-api', files: /^lib\/.*\.js$/ },
  { name: '@duckdb/node-bindings', files: /^duckdb\.js$/ },
  { name: '@duckdb/node-bindings-linux-x64', files: /\.(node|so)$/ },
  { name: 'detect-libc', files: /^lib\/.*\.js$/ },
];

/** Returns `<name>@<version>` of an installed package, undefined if it is not installed. */
export function installedVersion(name: string, modules: string): string | undefined {
  const manifest = join(modules, name, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { version }: { readonly version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return `${name}@${version}`;
}

/** Returns the paths, relative to `node_modules`, of the files that a bundle needs of a package. */
export function filesOf({ name, files }: NativePackage, modules: string): string[] {
  const folder = join(modules, name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path === 'package.json' || files.test(path))
    .map((path) => `${name}/${path}`);
}

/**
 * Returns the npm command that installs what this machine lacks of Linux on x64, undefined if
 * nothing is missing. npm itself installs only what fits the machine it runs on, unless forced;
 * told of another system by --os, it would take away what this one needs.
 */
export function missingNatives(modules: string): string | undefined {
  const missing = [...ONNX_RUNTIME, ...DUCKDB]
    .map(({ name }) => name)
    .filter((name) => installedVersion(name, modules) === undefined);
  if (missing.length === 0) return undefined;
  const version = installedVersion('@duckdb/node-bindings', modules)?.split('@').at(-1);
  const packages = missing.map((name) => `${name}@${version ?? 'latest'}`).join(' ');
  return `npm install --no-save --force ${packages}`;
}
