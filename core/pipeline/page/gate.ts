/** What the chosen candidate had to beat, and whether it did. */
import { html } from '../../report/html.ts';
import { intervals } from '../../report/intervals.ts';
import type { Section } from '../../report/page.ts';
import { table } from '../../report/table.ts';
import type { Evaluation } from '../evaluation.ts';
import type { GateDecision } from '../gate.ts';

export function gateSection({ metric, comparisons }: GateDecision): Section {
  const sure = comparisons.flatMap(({ with: name, improvement, interval, needed, passed }) =>
    interval === undefined
      ? []
      : [{ name: `over ${name}`, value: improvement, ...interval, needed, good: passed }],
  );
  const [first] = comparisons.flatMap(({ interval }) => interval ?? []);
  return {
    title: 'Gate',
    note:
      first === undefined
        ? `By ${metric} on the same rows.`
        : `By ${metric}, on the same rows for both models. A dashed mark is what the declaration ` +
          `asks for; the line is the ${first.confidence * 100} % interval of the improvement, and ` +
          'must not hold zero.',
    body: html`${sure.length > 0 ? intervals(`Improvement in ${metric}`, sure) : ''}
    ${table(
      ['Over', metric, 'Improvement', 'Needed', 'From', 'To', 'Verdict'],
      comparisons.map(({ with: name, value, improvement, needed, interval, passed }) => ({
        cells: [
          name,
          value,
          improvement,
          needed,
          interval?.low ?? null,
          interval?.high ?? null,
          passed ? 'beaten' : 'not beaten',
        ],
      })),
    )}`,
  };
}

export function holdoutSection(
  { metrics, baseline, champion, candidate }: Evaluation,
  gateMetric: string,
): Section {
  const names = Object.keys(metrics).toSorted(
    (a, b) => Number(b === gateMetric) - Number(a === gateMetric),
  );
  const cells = (name: string, values: Readonly<Record<string, number>> | undefined) => ({
    cells: [name, ...names.map((metric) => values?.[metric] ?? null)],
  });
  return {
    title: 'On the holdout',
    note:
      'All on the same rows, that nothing was fitted to.' +
      (champion?.notComparable === undefined
        ? ''
        : ` Champion ${champion.version} is not compared: ${champion.notComparable}.`),
    body: table(
      ['', ...names],
      [
        { ...cells(`candidate ${candidate}`, metrics), marked: true },
        cells('baseline model', baseline),
        ...(champion ? [cells(`champion ${champion.version}`, champion.metrics)] : []),
      ],
    ),
  };
}
