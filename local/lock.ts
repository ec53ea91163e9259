/** One region at a time on a state folder. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Lock {
  release(): void;
}

/** Another region, which is alive, works on the state folder. */
class StateInUseError extends Error {
  override readonly name = 'StateInUseError';

  constructor(stateFolder: string, pid: number, file: string) {
    super(
      `the region in ${stateFolder} runs already, as process ${pid}; stop that, or give this one ` +
        `another state folder and port (if ${pid} is something else, delete ${file})`,
    );
  }
}

/** Locks of this process. A killed one may have had the same number, as first processes in containers do. */
const held = new Set<string>();

/**
 * Takes the state folder for this process. What a killed region left behind is taken over.
 *
 * @throws {StateInUseError} if the region that holds it is alive
 */
export function lockState(stateFolder: string): Lock {
  mkdirSync(stateFolder, { recursive: true });
  const file = join(stateFolder, 'region.lock');
  for (;;) {
    if (tryCreate(file)) {
      held.add(file);
      return {
        release() {
          held.delete(file);
          rmSync(file, { force: true });
        },
      };
    }
    const holder = Number(readFileSync(file, 'utf8'));
    const alive = holder === process.pid ? held.has(file) : isAlive(holder);
    if (alive) throw new StateInUseError(stateFolder, holder, file);
    rmSync(file, { force: true });
  }
}

function tryCreate(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

/** An empty file is of a process that was killed between making and writing it. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
