/** The code of functions and jobs, bundled once for all models. */
import { build, type OutputFile, type Plugin } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { digestOf } from './job-bootstrap/digest.ts';
import {
  DUCKDB,
  filesOf,
  installedVersion,
  missingNatives,
  ONNX_RUNTIME,
  type NativePackage,
} from './natives.ts';

/** A folder that becomes an asset. */
export interface Bundle {
  readonly folder: string;
  /** Of its content, by `digestOf`; names the asset, so that CDK need not hash the files again. */
  readonly digest: string;
}

type BundleName = 'predict' | 'consume' | 'archive' | 'pipeline' | 'notify' | 'job';

export interface Bundles extends Readonly<Record<BundleName, Bundle>> {
  /** npm command that gets what this machine lacks for a deployment; see `missingNatives`. */
  readonly cure?: string;
}

interface Recipe {
  readonly entry: string;
  readonly output: string;
  readonly natives: readonly NativePackage[];
}

const RECIPES: Readonly<Record<BundleName, Recipe>> = {
  predict: { entry: 'lambdas/predict.ts', output: 'index.mjs', natives: ONNX_RUNTIME },
  consume: { entry: 'lambdas/consume.ts', output: 'index.mjs', natives: ONNX_RUNTIME },
  archive: { entry: 'lambdas/archive.ts', output: 'index.mjs', natives: [] },
  pipeline: { entry: 'lambdas/pipeline.ts', output: 'index.mjs', natives: [] },
  notify: { entry: 'lambdas/notify.ts', output: 'index.mjs', natives: [] },
  job: { entry: 'batch/main.ts', output: 'main.mjs', natives: [...ONNX_RUNTIME, ...DUCKDB] },
};

/**
 * Bundles every entry point of the project.
 *
 * @param root folder of the project, with `lambdas/`, `batch/` and `node_modules/`
 * @throws {Error} from esbuild, naming file and line, if something does not bundle
 */
export async function bundleAll(root: string): Promise<Bundles> {
  const compiled = await compile(root);
  const modules = join(root, 'node_modules');
  const bundleOf = (name: BundleName): Bundle => {
    const { output, natives } = RECIPES[name];
    const files = compiled.get(name) ?? {};
    if (files[output] === undefined) throw new Error(`bundle '${name}' came without ${output}`);
    return assemble(join(modules, '.cache/tidemill'), name, modules, natives, files);
  };
  const cure = missingNatives(modules);
  return {
    predict: bundleOf('predict'),
    consume: bundleOf('consume'),
    archive: bundleOf('archive'),
    pipeline: bundleOf('pipeline'),
    notify: bundleOf('notify'),
    job: bundleOf('job'),
    ...(cure !== undefined && { cure }),
  };
}

/** Returns the files of every bundle, by path. What is only loaded when needed is a file of its own. */
async function compile(root: string): Promise<ReadonlyMap<string, BundleFiles>> {
  const compiled = Object.entries(RECIPES).map(
    async ([name, recipe]) => [name, await compileOne(root, recipe)] as const,
  );
  return new Map(await Promise.all(compiled));
}

type BundleFiles = Readonly<Record<string, string>>;

async function compileOne(root: string, { entry, output }: Recipe): Promise<BundleFiles> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: basename(output, '.mjs') }],
    outdir: 'bundles',
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // The ES modules first: they can be shaken, and CommonJS parts of the AWS SDK cannot.
    mainFields: ['module', 'main'],
    // The AWS SDK is bundled, although Lambda has one: ours starts faster and changes only with us.
    plugins: [nativesRequired],
    // Names stay, so that a stack trace can be read at night without a source map.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // Packages written as CommonJS still ask for Node's own modules by `require`.
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  return Object.fromEntries(
    outputFiles.map((file: OutputFile) => [basename(file.path), file.text]),
  );
}

const NATIVES = new Set([...ONNX_RUNTIME, ...DUCKDB].map(({ name }) => name));

/** Natives stay outside, and are required: Node would read CommonJS twice to import it. */
const nativesRequired: Plugin = {
  name: 'natives-required',
  setup(bundler) {
    bundler.onResolve({ filter: /^[@\w]/ }, ({ path, kind }) => {
      if (!NATIVES.has(path)) return undefined;
      return kind === 'require-call' ? { path, external: true } : { path, namespace: 'native' };
    });
    bundler.onLoad({ filter: /./, namespace: 'native' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** Lays a bundle out in the cache, or finds it there: copying 100 MB of natives takes its time. */
function assemble(
  cache: string,
  name: BundleName,
  modules: string,
  natives: readonly NativePackage[],
  files: BundleFiles,
): Bundle {
  const present = natives.filter((native) => installedVersion(native.name, modules) !== undefined);
  const versions = present.map((native) => installedVersion(native.name, modules));
  const key = createHash('sha256')
    .update([...versions, ...Object.entries(files).flat()].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const place = join(cache, `${name}-${key}`);
  if (!existsSync(place)) {
    const unfinished = `${place}.${process.pid}`;
    for (const [path, text] of Object.entries(files)) {
      write(join(unfinished, 'code', path), text);
    }
    for (const path of present.flatMap((native) => filesOf(native, modules))) {
      copy(join(modules, path), join(unfinished, 'code/node_modules', path));
    }
    write(join(unfinished, 'digest'), digestOfFolder(join(unfinished, 'code')));
    removeOthers(cache, name, [basename(place), basename(unfinished)]);
    publish(unfinished, place);
  }
  return { folder: join(place, 'code'), digest: readFileSync(join(place, 'digest'), 'utf8') };
}

function digestOfFolder(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return digestOf(
    new Map(
      paths.map((path) => [
        path.slice(folder.length + 1).replaceAll('\\', '/'),
        readFileSync(path),
      ]),
    ),
  );
}

function publish(unfinished: string, place: string): void {
  try {
    renameSync(unfinished, place);
  } catch (cause) {
    // Another synthesis of the same code was faster; its result is the same.
    if (!existsSync(place)) throw cause;
    rmSync(unfinished, { recursive: true });
  }
}

function removeOthers(cache: string, name: BundleName, kept: readonly string[]): void {
  for (const other of readdirSync(cache)) {
    if (other.startsWith(`${name}-`) && !kept.includes(other)) {
      rmSync(join(cache, other), { recursive: true, force: true });
    }
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}
