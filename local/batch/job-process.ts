/** The process that runs the command of an attempt. */
import { createInterface } from 'node:readline';
import { spawnTied } from '../tied-process.ts';

export interface JobCommand {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder with the job's code. */
  readonly folder: string;
  /** Jobs of the same may share a process, one after the other. */
  readonly definition: string;
  readonly onLine: (line: string) => void;
}

export interface JobProcess {
  /** Settles with the exit code once all output is read. */
  readonly ended: Promise<number>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** How attempts get their processes. */
export interface JobProcesses {
  start(command: JobCommand): JobProcess;
  /** Ends what is left of processes that no attempt has any more. */
  close(): Promise<void>;
}

/** A process of its own for each attempt. */
export const ownProcesses: JobProcesses = {
  start({ command: [program = '', ...args], environment, folder, onLine }) {
    const child = spawnTied([program === 'node' ? process.execPath : program, ...args], {
      cwd: folder,
      env: environment,
    });
    const read = [child.stdout, child.stderr].map(
      (output) =>
        new Promise<void>((resolve) => {
          createInterface({ input: output, crlfDelay: Infinity })
            .on('line', onLine)
            .once('close', resolve);
        }),
    );
    const ended = Promise.all([child.ended, ...read]).then(([exitCode]) => exitCode);
    return { ended, kill: (signal) => child.kill(signal) };
  },
  close: async () => undefined,
};
