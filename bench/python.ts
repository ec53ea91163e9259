/** Finds Python for comparisons. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Returns BENCH_PYTHON or python3 if it has the modules; undefined if not. */
export async function pythonWith(...modules: readonly string[]): Promise<string | undefined> {
  const python = process.env['BENCH_PYTHON'] ?? 'python3';
  try {
    await promisify(execFile)(python, ['-c', `import ${modules.join(', ')}`]);
    return python;
  } catch {
    return undefined;
  }
}
