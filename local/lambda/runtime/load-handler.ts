/** Finding the function that `index.handler` names. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from './handler.ts';

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/** The words of AWS's runtime for what can be wrong with the handler's name. */
class HandlerError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * Imports a module of the function and returns its handler.
 *
 * @param taskRoot folder of the function's code
 * @param name for instance `index.handler`, or `src/main.api.handler` for an export within an object
 * @throws {Error} named as AWS does: Runtime.ImportModuleError, Runtime.HandlerNotFound
 */
export async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const [module = '', ...path] = basename(name).split('.');
  if (path.length === 0) {
    throw new HandlerError('Runtime.MalformedHandlerName', `bad handler name '${name}'`);
  }
  const stem = join(taskRoot, dirname(name), module);
  const file = EXTENSIONS.map((extension) => stem + extension).find((path_) => existsSync(path_));
  if (file === undefined) {
    throw new HandlerError('Runtime.ImportModuleError', `Error: Cannot find module '${stem}'`);
  }
  const handler = descend(await load(file), path);
  if (!isHandler(handler)) {
    throw new HandlerError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  return handler;
}

async function load(file: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return module;
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new HandlerError('Runtime.UserCodeSyntaxError', String(cause), { cause });
    }
    // MODULE_NOT_FOUND of require, ERR_MODULE_NOT_FOUND of import.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code.endsWith('MODULE_NOT_FOUND')) {
      throw new HandlerError('Runtime.ImportModuleError', String(cause), { cause });
    }
    throw cause;
  }
}

/** CommonJS modules may come with all exports under `default`. */
function descend(module: unknown, path: readonly string[]): unknown {
  const direct = path.reduce(member, module);
  return direct ?? path.reduce(member, member(module, 'default'));
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
