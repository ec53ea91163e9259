/** What the roles of the stack were granted and never used, over all regions that wrote it down. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grant } from '../../local/iam/grants.ts';
import type { UsageLine } from '../../local/iam/usage.ts';
import type { Expected } from './expected.ts';

export interface Unused {
  readonly holder: string;
  /** `<action> <resource> <condition>`. */
  readonly grant: string;
  /** Why it is there all the same, if that is written down. */
  readonly reason: string | undefined;
}

export interface PermissionsReport {
  readonly granted: number;
  readonly unused: readonly Unused[];
  /** Calls that were refused, `<who> <action> <resource>`. */
  readonly refused: readonly string[];
}

/** Reads the lines that regions left in a folder. */
export function readUsage(folder: string): UsageLine[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): UsageLine => JSON.parse(line)),
  );
}

export function reportOf(
  lines: readonly UsageLine[],
  expected: readonly Expected[],
): PermissionsReport {
  const granted = new Map<string, Grant>();
  const used = new Set<string>();
  const refused = new Set<string>();
  for (const line of lines) {
    if (line.kind === 'refused') {
      const text = `${line.who} ${line.action} ${line.resource}`;
      if (!expected.some(({ refusal }) => refusal?.test(text))) refused.add(text);
    } else if (line.kind === 'used') used.add(keyOf(line));
    else granted.set(keyOf(line), line);
  }
  const unused = [...granted]
    .filter(([key]) => !used.has(key))
    .map(([, grant]) => {
      const text = textOf(grant);
      const reason = expected.find(
        (one) => one.grant?.test(text) && (one.holder?.test(grant.holder) ?? true),
      )?.reason;
      return { holder: holderOf(grant), grant: text, reason };
    });
  return { granted: granted.size, unused, refused: [...refused] };
}

/** Several models are tested, all with the same infrastructure: a grant is used if one's is. */
function keyOf(grant: Grant): string {
  return `${holderOf(grant)} ${textOf(grant)}`;
}

function holderOf({ holder }: Grant): string {
  return general(holder.replace(/^[\w-]+\//, '').replace(/\/Resource$/, ''));
}

function textOf({ action, resource, where }: Grant): string {
  return general(`${action} ${resource} ${where}`.trim());
}

/**
 * Drops the account and the place, and says `<model>` for the name of one. A partition may be read
 * by key and in order alike: infra grants both, and either counts.
 */
function general(text: string): string {
  return (
    text
      .replaceAll(/arn:aws:(\w+):[\w-]*:\d*:/g, '$1:')
      .replaceAll('tidemill-dev-000000000000-us-east-1', '<bucket>')
      .replaceAll(/late-parcel|flight-delay/g, '<model>')
      .replaceAll(/LateParcel|FlightDelay/g, '<Model>')
      .replaceAll(/[0-9a-f]{64}/g, '<hash>')
      // A definition that changed has another revision in the next region.
      .replaceAll(/(:job-definition\/[^:]+):\d+/g, '$1:<revision>')
      // CDK ends its own ids so.
      .replaceAll(/[0-9A-F]{8}\b/g, '')
      .replaceAll(/dynamodb:(GetItem|Query)\b/g, 'dynamodb:GetItem or Query')
  );
}

/** Writes the report for people: refusals first, then what nobody used, then what is explained. */
export function writeReport({ granted, unused, refused }: PermissionsReport): string {
  const open = unused.filter(({ reason }) => reason === undefined);
  const explained = grouped(unused, ({ reason }) => reason);
  const byHolder = grouped(open, ({ holder }) => holder);
  return [
    refused.length === 0 ? 'No call was refused.' : `Refused (${refused.length}):`,
    ...refused.map((line) => `  ${line}`),
    '',
    `${granted} grants, ${open.length} never used by any test:`,
    ...byHolder.map(([holder, grants]) =>
      [`  ${holder}`, ...grants.map(({ grant }) => `    ${grant}`)].join('\n'),
    ),
    '',
    'Not used for a reason (tests/permissions/expected.ts):',
    ...explained.map(([reason, grants]) => `  ${grants.length}, ${reason}`),
  ].join('\n');
}

/** Groups in the order of their first member; what has no group is left out. */
function grouped(
  all: readonly Unused[],
  groupOf: (one: Unused) => string | undefined,
): [group: string, members: Unused[]][] {
  const groups = new Map<string, Unused[]>();
  for (const one of all) {
    const group = groupOf(one);
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups];
}
