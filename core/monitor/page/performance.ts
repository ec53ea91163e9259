/** How good the predictions were, by the labels that are in. */
import { html, percent, shown, type Html } from '../../report/html.ts';
import { lineChart } from '../../report/line-chart.ts';
import type { Section } from '../../report/page.ts';
import { table } from '../../report/table.ts';
import type { Performance } from '../performance.ts';
import type { MonitorReport } from '../report.ts';

export function performanceSections(report: MonitorReport, overTime: Html): Section[] {
  const { performance } = report;
  const { notJudged, coverage } = performance;
  const judged = coverage.at(-1);
  const window = judged ? `${minute(judged.from)} to ${minute(judged.to)} UTC` : '';
  return [
    {
      title: 'Performance',
      note:
        notJudged === undefined
          ? `On the ${shown(performance.labels)} labels of the predictions from ${window}.`
          : `Not judged: ${notJudged}.`,
      body: html`${overTime}${metricsTable(performance)}${baselineLine(performance)}
        <div class="charts">${reliability(performance)}${slicesTable(performance)}</div>`,
    },
    ...(report.estimate ? [estimateSection(report.estimate, performance)] : []),
    coverageSection(performance),
  ];
}

function metricsTable({ metrics, metric, reference, limit, good, notJudged }: Performance): Html {
  if (metrics.length === 0) return html``;
  return table(
    ['Metric', 'In the window', '95 % interval', 'On the holdout', 'Limit', 'Verdict'],
    metrics.map((one) => {
      const decides = one.metric === metric;
      return {
        cells: [
          one.metric,
          one.value,
          `${shown(one.low)} to ${shown(one.high)}`,
          decides ? reference : '',
          decides ? limit : '',
          decides
            ? notJudged === undefined
              ? good
                ? 'good enough'
                : 'too bad'
              : 'not judged'
            : '',
        ],
        marked: decides && !good,
      };
    }),
  );
}

function baselineLine({ overBaseline, metric }: Performance): Html {
  if (overBaseline === undefined) return html``;
  const { champion, improvement, low, high } = overBaseline;
  return html`<p class="note">
    The baseline model has ${metric} ${shown(champion)} on the same rows; the version is better by
    ${shown(improvement)} (${shown(low)} to ${shown(high)}).
  </p>`;
}

function reliability({ calibration }: Performance): Html {
  if (calibration === undefined) return html``;
  const { error, slope, intercept, bins } = calibration;
  return lineChart({
    title: `Calibration: error ${shown(error)}, slope ${shown(slope)}, intercept ${shown(intercept)}`,
    x: 'predicted',
    y: 'observed',
    xRange: [0, 1],
    yRange: [0, 1],
    series: [
      {
        name: 'in the window',
        points: bins.map(({ predicted, observed }) => [predicted, observed] as const),
        dotted: true,
      },
      {
        name: 'perfect',
        points: [
          [0, 0],
          [1, 1],
        ],
        dashed: true,
      },
    ],
  });
}

function slicesTable({ slices, metric }: Performance): Html {
  if (slices.length === 0) return html``;
  return table(
    ['Slice', metric, 'Interval', 'Labels'],
    slices.map(({ feature, value, measured, labels, worse }) => ({
      cells: [
        `${feature} = ${value}${worse ? ' (worse than the limit)' : ''}`,
        measured.value,
        `${shown(measured.low)} to ${shown(measured.high)}`,
        labels,
      ],
      marked: worse,
    })),
  );
}

function estimateSection(
  estimate: NonNullable<MonitorReport['estimate']>,
  { metric }: Performance,
): Section {
  const { value, low, high, doubts, check } = estimate;
  return {
    title: 'Estimated performance',
    note:
      doubts.length > 0
        ? `Not to be believed: ${doubts.join('; ')}.`
        : 'Before labels are in: what the metric will be if probabilities mean what they say.',
    body: table(
      ['Rows', `Estimated ${metric}`, 'Interval', 'By labels', 'Interval', 'Difference'],
      [
        { cells: ['the window itself', value, `${shown(low)} to ${shown(high)}`, '–', '', ''] },
        ...(check
          ? [
              {
                cells: [
                  'the newest labelled ones',
                  check.estimated.value,
                  `${shown(check.estimated.low)} to ${shown(check.estimated.high)}`,
                  check.realised.value,
                  `${shown(check.realised.low)} to ${shown(check.realised.high)}`,
                  check.difference,
                ],
                marked: !check.agrees,
              },
            ]
          : []),
      ],
    ),
  };
}

function coverageSection({ coverage, arrived }: Performance): Section {
  const { repeated, corrected, wrong } = arrived;
  return {
    title: 'Labels',
    note: `Of each prediction the newest label counts. ${shown(repeated)} repeat or replace an earlier one, ${shown(corrected)} ids were corrected, and ${shown(wrong)} are no labels of this target.`,
    body: table(
      ['Predictions from', 'to', 'Predictions', 'With a label', 'Share'],
      coverage.map(({ from, to, predictions, labelled }) => ({
        cells: [
          minute(from),
          minute(to),
          predictions,
          labelled,
          predictions === 0 ? '–' : percent(labelled / predictions),
        ],
      })),
    ),
  };
}

function minute(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}
