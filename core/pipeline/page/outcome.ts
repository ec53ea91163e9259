/** What the chosen candidate decides, by what, and for whom it is good. */
import { html, percent, shown, type Html } from '../../report/html.ts';
import type { Section } from '../../report/page.ts';
import { rankedBars } from '../../report/ranked-bars.ts';
import { table } from '../../report/table.ts';
import type { Confusion } from '../confusion.ts';
import type { Evaluation } from '../evaluation.ts';
import type { RunPage } from '../run-page.ts';

export function confusionSection({ confusion }: Evaluation): Section[] {
  if (confusion === undefined) return [];
  const { classes, counts, threshold } = confusion;
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = classes.reduce((sum, _, at) => sum + (counts[at]?.[at] ?? 0), 0);
  return [
    {
      title: threshold === undefined ? 'Confusion' : `Confusion at the threshold ${threshold}`,
      note:
        `${percent(right / Math.max(1, all))} of ${shown(all)} rows are decided rightly.` +
        (threshold === undefined ? '' : ` ${binaryRates(counts)}`),
      body: matrix(confusion),
    },
  ];
}

function binaryRates(counts: Confusion['counts']): string {
  const [[, falsePositives = 0] = [], [falseNegatives = 0, truePositives = 0] = []] = counts;
  return (
    `Precision ${share(truePositives, truePositives + falsePositives)}, ` +
    `recall ${share(truePositives, truePositives + falseNegatives)}.`
  );
}

function share(part: number, whole: number): string {
  return whole > 0 ? percent(part / whole) : '–';
}

function matrix({ classes, counts }: Confusion): Html {
  return html` <table class="matrix">
    <thead>
      <tr>
        <th>true</th>
        ${classes.map((name) => html`<th>decided ${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${classes.map(
        (name, row) =>
          html` <tr>
            <th>${name}</th>
            ${(counts[row] ?? []).map(
              (count, column) =>
                html`<td class="${row === column ? 'right' : 'wrong'}">${shown(count)}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function importanceSection({ candidates, evaluation }: RunPage): Section {
  const chosen = candidates.find(({ candidate }) => candidate === evaluation.candidate);
  return {
    title: 'Feature importance',
    note: "Share of the model's explaining that each feature does.",
    body: rankedBars(chosen?.featureImportance ?? {}),
  };
}

export function slicesSection({ slices }: Evaluation, metric: string): Section[] {
  if (slices.length === 0) return [];
  return [
    {
      title: 'Slices',
      note: 'The most frequent values, on the holdout, with the baseline model beside.',
      body: table(
        ['Feature', 'Value', 'Rows', 'Mean label', metric, `Baseline ${metric}`],
        slices.map(({ feature, value, rows, meanLabel, metrics, baseline }) => ({
          cells: [
            feature,
            value,
            rows,
            meanLabel,
            metrics[metric] ?? null,
            baseline[metric] ?? null,
          ],
        })),
      ),
    },
  ];
}
