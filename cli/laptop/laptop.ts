/** The stack on this machine: synthesized if need be, hosted, and announced to the other commands. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../local/clock.ts';
import { createRegion } from '../../local/region.ts';
import { projectRoot } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { synthesize } from './assembly.ts';
import { notificationText, refusalText } from './notification.ts';
import { announceRegion, withdrawRegion } from './state.ts';
import { usageRecord } from './usage-record.ts';

export interface LaptopOptions {
  readonly stateFolder: string;
  /** The region's port; 0 takes a free one. */
  readonly port: number;
  readonly terminal: Terminal;
  /** Whether calls of signed URLs must be signed, as on AWS. @default false: curl will do */
  readonly strict?: boolean;
}

export interface Laptop {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Boots the region and says where it is to the other commands of this folder. */
export async function bootLaptop({
  stateFolder,
  port,
  terminal,
  strict = false,
}: LaptopOptions): Promise<Laptop> {
  mkdirSync(stateFolder, { recursive: true });
  const assembly = await terminal.step(
    'synthesize the stack',
    () => synthesize(projectRoot, join(projectRoot, '.tidemill', 'cdk.out')),
    ({ synthesized }) => (synthesized ? 'as cdk deploy would send it' : 'nothing changed'),
  );
  const region = createRegion({
    cloudAssembly: assembly.folder,
    stateFolder,
    projectRoot,
    port,
    clock: systemClock,
    ...usageRecord(),
    unsignedCallers: strict ? 'nobody' : 'administrator',
    onRefusal: (lines) => terminal.say(refusalText(lines)),
    onNotification: (_topic, subject, message) => terminal.say(notificationText(subject, message)),
  });
  await terminal.step(
    'boot the region',
    () => region.start(),
    () => region.endpoint,
  );
  announceRegion(stateFolder, { endpoint: region.endpoint, pid: process.pid });
  return {
    endpoint: region.endpoint,
    async stop() {
      withdrawRegion(stateFolder);
      await region.stop();
    },
  };
}
