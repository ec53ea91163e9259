/** A region of a replay's own: the whole stack, on a clock that the replay moves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegion } from '../../local/region.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { openTarget, type Target } from '../target.ts';
import { usageRecord } from '../laptop/usage-record.ts';

export interface Stage {
  readonly clock: VirtualClock;
  readonly target: Target;
  /** Stops the region and removes all that it kept. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly cloudAssembly: string;
  readonly projectRoot: string;
  readonly start: Date;
  /** Hears what the stack tells people. */
  readonly onNotification: (subject: string, message: string) => void;
}

/** Boots the region at a moment of the past. The state of the laptop's own region is not touched. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'tidemill-replay-'));
  const clock = new VirtualClock(options.start);
  const resume = clock.rule();
  const region = createRegion({
    cloudAssembly: options.cloudAssembly,
    projectRoot: options.projectRoot,
    stateFolder,
    port: 0,
    clock,
    // On every machine the same. Jobs of one moment run side by side: candidates, above all, of
    // which none reads what another writes.
    vcpus: 2,
    warmJobs: true,
    ...usageRecord(),
    onNotification: (_topic, subject, message) => options.onNotification(subject, message),
  });
  const close = async (): Promise<void> => {
    try {
      await region.stop();
    } finally {
      resume();
      rmSync(stateFolder, { recursive: true, force: true });
    }
  };
  try {
    await region.start();
    await clock.quiet();
    return { clock, target: await openTarget({ endpoint: region.endpoint }), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}
