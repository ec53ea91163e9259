/** Curves of the chosen candidate, with the baseline model and the champion beside it. */
import { html, type Html } from '../../report/html.ts';
import { lineChart, type Point, type Series } from '../../report/line-chart.ts';
import type { Section } from '../../report/page.ts';
import type { CandidateFile, Evaluation } from '../evaluation.ts';
import type { RunPage } from '../run-page.ts';

export function curvesSection({ candidates, evaluation }: RunPage): Section {
  const chosen = candidates.find(({ candidate }) => candidate === evaluation.candidate);
  return {
    title: 'Curves',
    body: html`<div class="charts">
      ${chosen && chosen.iterations.length > 1 ? learningCurve(chosen) : ''}
      ${evaluation.roc ? roc(evaluation, evaluation.roc) : ''}
      ${evaluation.precisionRecall ? precisionRecall(evaluation.precisionRecall) : ''}
      ${evaluation.calibration ? calibrationCurve(evaluation.calibration) : ''}
      ${evaluation.residuals ? residualChart(evaluation.residuals) : ''}
    </div>`,
  };
}

function learningCurve({ iterations }: CandidateFile): Html {
  const validation = iterations.flatMap(({ iteration, validationLoss }) =>
    validationLoss === undefined ? [] : [[iteration, validationLoss] as const],
  );
  return lineChart({
    title: 'Learning: loss by iteration',
    x: 'iteration',
    y: 'loss',
    series: [
      {
        name: 'training',
        points: iterations.map(({ iteration, trainingLoss }) => [iteration, trainingLoss]),
      },
      ...(validation.length > 0 ? [{ name: 'validation', points: validation }] : []),
    ],
  });
}

function roc({ champion, baselineRoc }: Evaluation, points: readonly Point[]): Html {
  const beside: Series[] = [
    ...(champion?.roc ? [{ name: `champion ${champion.version}`, points: champion.roc }] : []),
    ...(baselineRoc ? [{ name: 'baseline model', points: baselineRoc, dashed: true }] : []),
  ];
  return lineChart({
    title: 'ROC: the nearer to the upper left, the better',
    x: 'false positive rate',
    y: 'true positive rate',
    xRange: [0, 1],
    yRange: [0, 1],
    series: [{ name: 'candidate', points }, ...beside],
  });
}

/** At full recall every row is taken, so that the precision is the share of ones. */
function precisionRecall(points: readonly Point[]): Html {
  const [, share = 0] = points.at(-1) ?? [];
  return lineChart({
    title: 'Precision and recall: the nearer to the upper right, the better',
    x: 'recall',
    y: 'precision',
    xRange: [0, 1],
    yRange: [0, 1],
    series: [
      { name: 'candidate', points },
      {
        name: 'share of ones',
        points: [
          [0, share],
          [1, share],
        ],
        dashed: true,
      },
    ],
  });
}

function calibrationCurve(bins: NonNullable<Evaluation['calibration']>): Html {
  const ends = bins.flatMap(({ predicted, observed }) => [predicted, observed]);
  const [low, high] = [Math.min(0, ...ends), Math.max(...ends)];
  return lineChart({
    title: 'Calibration: what was predicted, and what was so',
    x: 'mean probability',
    y: 'share that was so',
    xRange: [low, high],
    yRange: [low, high],
    series: [
      {
        name: 'candidate',
        points: bins.map(({ predicted, observed }) => [predicted, observed]),
        dotted: true,
      },
      {
        name: 'exact',
        points: [
          [low, low],
          [high, high],
        ],
        dashed: true,
      },
    ],
  });
}

function residualChart(bins: NonNullable<Evaluation['residuals']>): Html {
  const line = (name: string, pick: 'low' | 'median' | 'high', dashed: boolean): Series => ({
    name,
    points: bins.map((bin) => [bin.predicted, bin[pick]]),
    dashed,
  });
  return lineChart({
    title: 'Residuals: true value less prediction, by prediction',
    x: 'prediction',
    y: 'residual',
    series: [
      line('median', 'median', false),
      line('10th percentile', 'low', true),
      line('90th percentile', 'high', true),
    ],
  });
}
