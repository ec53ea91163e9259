/** Whoever is called finds the page. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flightDelay, renamed, synthesize } from './synthesize.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const sections = new Set([...runbook.matchAll(/^### ([\w-]+)$/gm)].map(([, name]) => name));

/** Every part that a declaration can have, so that every alarm there is. */
const everything = renamed('churn', {
  monitors: {
    ...flightDelay.monitors,
    staleness: { maximumChampionAgeDays: 30, maximumDataAgeHours: 48 },
  },
  serving: { ...flightDelay.serving, batch: { ...flightDelay.serving.batch!, readyBy: '06:00' } },
});

const anchors = Object.values(
  synthesize([everything]).findResources('AWS::CloudWatch::Alarm'),
).flatMap(({ Properties: { AlarmName, AlarmDescription } }) =>
  AlarmName.endsWith('-drill')
    ? []
    : [
        [
          String(AlarmName),
          /See docs\/runbook\.md#([\w-]+)$/.exec(String(AlarmDescription))?.[1] ?? '',
        ] as const,
      ],
);

describe('the runbook', () => {
  it.each(anchors)('has a section for %s', (_, anchor) => {
    expect(sections).toContain(anchor);
  });

  it('has no section that no alarm leads to', () => {
    const used = new Set(anchors.map(([, anchor]) => anchor));

    expect([...sections].filter((section) => !used.has(section ?? ''))).toEqual([]);
  });
});
