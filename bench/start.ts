/** How long a new user waits: the demo from its first line on, beside what `cdk synth` alone takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measured.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Steps that the demo tells of, by what they are called there. */
const MARKS = {
  region_up: 'boot the region',
  champion: 'train, evaluate, register, promote',
  first_prediction: 'predict over HTTP',
  loop: 'monitor what was served today',
} as const;

export async function start(): Promise<Measured> {
  const output = await mkdtemp(join(tmpdir(), 'tidemill-bench-start-'));
  try {
    const synth = await secondsOf(['node_modules/aws-cdk/bin/cdk', 'synth', '-q', '-o', output]);
    const node = await secondsOf(['--eval', '0']);
    const first = await demo();
    const second = await demo();
    return {
      ratios: {
        first_prediction_vs_synth: first.first_prediction / synth,
        loop_vs_synth: first.loop / synth,
        // Whoever starts again waits for no synthesis, if nothing has changed.
        region_vs_synth: second.region_up / synth,
      },
      figures: {
        synth_seconds: synth,
        node_seconds: node,
        ...figuresOf('first', first),
        ...figuresOf('second', second),
      },
    };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

type Waited = Record<keyof typeof MARKS, number>;

/** Seconds from the start of the process to the end of each step. */
async function demo(): Promise<Waited> {
  const waited: Waited = { region_up: NaN, champion: NaN, first_prediction: NaN, loop: NaN };
  const started = performance.now();
  const child = spawn(process.execPath, ['cli/tidemill.mjs', 'demo'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) {
      for (const mark of Object.keys(MARKS).filter(isMark)) {
        if (line.includes('✓') && line.includes(MARKS[mark])) {
          waited[mark] = (performance.now() - started) / 1000;
        }
      }
    }
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`npm run demo ended with ${code}; run it to see why`);
  return waited;
}

function isMark(name: string): name is keyof typeof MARKS {
  return Object.hasOwn(MARKS, name);
}

async function secondsOf(parameters: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, parameters, { cwd: root, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`node ${parameters.join(' ')} ended with ${code}`);
  return (performance.now() - started) / 1000;
}

function figuresOf(which: string, waited: Waited) {
  return Object.fromEntries(
    Object.entries(waited).map(([mark, seconds]) => [`${which}_${mark}_seconds`, seconds]),
  );
}
