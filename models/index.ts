/** The models of this repository: every folder here that has a `model.ts`. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelDefinition } from '../core/model/index.ts';

const folder = dirname(fileURLToPath(import.meta.url));

/** Returns the definition in `models/<name>/model.ts`. Works in a bundle, which holds every model. */
export async function loadModel(name: string): Promise<ModelDefinition> {
  // The bundler turns this pattern into a table of all files that match it.
  const module: unknown = await import(`./${name}/model.ts`);
  if (!exportsModel(module)) {
    throw new Error(
      `models/${name}/model.ts exports no 'model'; write: export const model = defineModel({ ... })`,
    );
  }
  return module.model;
}

function exportsModel(module: unknown): module is { readonly model: ModelDefinition } {
  return typeof module === 'object' && module !== null && 'model' in module;
}

/** Returns every model of the repository by name. Reads the folder, so it works outside bundles only. */
export async function loadModels(): Promise<ModelDefinition[]> {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model.ts')));
  return Promise.all(names.toSorted().map(loadModel));
}
