/** What a running region tells the other commands of this folder about itself. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project.ts';

export const defaultStateFolder = join(projectRoot, '.tidemill');

export interface RunningRegion {
  readonly endpoint: string;
  readonly pid: number;
}

const announcement = (stateFolder: string): string => join(stateFolder, 'running.json');

export function announceRegion(stateFolder: string, region: RunningRegion): void {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(announcement(stateFolder), JSON.stringify(region));
}

export function withdrawRegion(stateFolder: string): void {
  rmSync(announcement(stateFolder), { force: true });
}

/** The region that runs from this folder. @throws {Error} if none does */
export function runningRegion(stateFolder = defaultStateFolder): RunningRegion {
  const region = readAnnouncement(stateFolder);
  if (region === undefined || !isAlive(region.pid)) {
    throw new Error(
      'the laptop region is not running; start it with: npm start  (or name a stack on AWS with --stage)',
    );
  }
  return region;
}

function readAnnouncement(stateFolder: string): RunningRegion | undefined {
  try {
    const parsed: RunningRegion = JSON.parse(readFileSync(announcement(stateFolder), 'utf8'));
    return parsed;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
