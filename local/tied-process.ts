/** Processes that cannot outlive the region, however the region ends. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface TiedProcess {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles with the exit code (128 + signal number when a signal ended it) once all output is read. */
  readonly ended: Promise<number>;
  /** Signals the process and all it started; SIGKILL cannot be survived, SIGTERM can be handled. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/*
 * The shell leads a process group of its own. Its background half reads a pipe whose other end only
 * the region holds: when the region dies, even by kill -9, the kernel closes the pipe, the read ends
 * and the whole group is killed. The foreground half runs the command and passes its exit code on;
 * it traps SIGTERM so that the command, which gets the same signal, may finish in its own time.
 */
const KEEPER = `
exec 3<&0 </dev/null
(trap '' TERM; cat <&3; kill -s KILL 0) >/dev/null 2>&1 &
trap : TERM
"$@" 3<&-
exit $?
`;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2 };

/**
 * Starts a command with exactly the environment given, in a process group that dies with it and
 * with the region. A command that cannot be started ends with code 127 or 126, as in a shell.
 */
export function spawnTied(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): TiedProcess {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    '/bin/sh',
    ['-c', KEEPER, 'tidemill', ...command],
    { cwd: options.cwd, env: { ...options.env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  // Writing never happens; closing after the group is gone may still report a broken pipe.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    let code = 127;
    child.once('error', () => resolve(code));
    child.once('exit', (exitCode, signal) => {
      code = exitCode ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
      // Ends what the command left running in the background, as the end of a container does.
      child.stdin.destroy();
    });
    child.once('close', () => resolve(code));
  });
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    kill(signal) {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group is gone already.
      }
    },
  };
}
