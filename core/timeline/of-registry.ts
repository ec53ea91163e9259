/** What became of versions: when they came, and which of them answered. */
import type { AliasEntry, ModelVersion } from '../registry/registry.ts';
import type { TrafficEntry } from '../registry/traffic.ts';
import type { TimelineEntry } from './entry.ts';

export function entryOfVersion(of: ModelVersion): TimelineEntry {
  const { version, createdAt, runId, metrics } = of;
  const measured = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  const text = `version ${version} was registered: ${measured.join(', ') || 'nothing measured'}`;
  return { at: createdAt, kind: 'version', text, version, runId };
}

const DONE: Readonly<Record<AliasEntry['kind'], string>> = {
  promotion: 'was put on',
  rollback: 'was rolled back to',
  removal: 'was taken from',
};

export function entryOfAlias({ at, by, alias, kind, version, reason }: AliasEntry): TimelineEntry {
  const text = `${alias} ${DONE[kind]} version ${version}: ${reason}`;
  return { at, by, kind: 'alias', text, version };
}

export function entryOfTraffic({ at, by, traffic }: TrafficEntry): TimelineEntry {
  const share = traffic && `${Number((traffic.share * 100).toFixed(2))} % of the entities`;
  const text =
    traffic === null
      ? 'the champion answers for all'
      : traffic.kind === 'canary'
        ? `the challenger answers for ${share}`
        : `the challenger predicts in the shadow for ${share}`;
  return { at, by, kind: 'traffic', text };
}
