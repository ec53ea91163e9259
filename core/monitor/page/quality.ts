/** What came in: values by feature, and records. */
import { percent, shown } from '../../report/html.ts';
import type { Section } from '../../report/page.ts';
import { table } from '../../report/table.ts';
import type { FeatureQuality } from '../quality.ts';
import type { MonitorReport } from '../report.ts';

export function qualitySection(quality: readonly FeatureQuality[]): Section {
  return {
    title: 'Data quality',
    body: table(
      ['Feature', 'Missing', 'Unreadable', 'Out of range', 'Unseen in training', 'Unseen values'],
      quality.map((one) => ({
        cells: [
          one.feature,
          percent(one.missingShare),
          percent(one.unreadableShare),
          percent(one.outOfRangeShare),
          percent(one.unseenShare),
          one.unseen.join(', '),
        ],
      })),
    ),
  };
}

export function recordsSection({ counts, volume, traffic, staleness }: MonitorReport): Section {
  const { usual, change } = volume;
  const { championDays, trainingDataDays, dataHours } = staleness;
  return {
    title: 'Records, traffic and age',
    body: table(
      ['', ''],
      [
        { cells: ['Answered by the champion', traffic.champion] },
        {
          cells: [
            'Answered by a challenger',
            `${shown(traffic.challenger)}, ${percent(traffic.challengerShare)} of all`,
          ],
        },
        {
          cells: [
            'Predicted by a shadow too',
            `${shown(traffic.shadow)}, ${percent(traffic.shadowShare)} of the champion's`,
          ],
        },
        {
          cells: [
            'Usual at this hour and weekday',
            usual === null ? 'not known yet' : `${shown(usual)}, ${percent(change ?? 0)} off`,
          ],
        },
        { cells: ['Records that repeat another one', counts.duplicates] },
        { cells: ['Lines that are no records', counts.broken] },
        {
          cells: [
            'Champion for',
            championDays === null ? 'not known' : `${shown(championDays)} days`,
          ],
        },
        {
          cells: [
            'Its data ended',
            trainingDataDays === null ? 'not known' : `${shown(trainingDataDays)} days before`,
          ],
        },
        {
          cells: [
            'Newest partition of the dataset ended',
            dataHours === null ? 'not known' : `${shown(dataHours)} hours before`,
          ],
        },
      ],
    ),
  };
}
