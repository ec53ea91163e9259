/** The report of a training run as a page: what was tried, what came of it, what it has to beat. */
import { html, percent, shown, type Html } from '../report/html.ts';
import { lineChart, type Series } from '../report/line-chart.ts';
import { renderPage, type Section } from '../report/page.ts';
import { table } from '../report/table.ts';
import type { CandidateFile, Evaluation } from './evaluation.ts';
import type { GateDecision } from './gate.ts';
import type { DatasetFile } from './run-files.ts';

export interface RunPage {
  readonly model: string;
  readonly runId: string;
  readonly dataset: DatasetFile;
  readonly candidates: readonly CandidateFile[];
  readonly evaluation: Evaluation;
  readonly decision: GateDecision;
}

export function renderRunPage(run: RunPage): string {
  const { model, runId, dataset, evaluation, decision } = run;
  return renderPage({
    title: `${model}: ${runId}`,
    facts: {
      'Trained on': `${shown(dataset.rows.training)} rows from ${day(dataset.trainingFrom)}`,
      'Judged on': `${shown(evaluation.rows)} rows, ${day(dataset.holdoutFrom)} to ${day(dataset.to)}`,
      Sample: dataset.sample < 1 ? percent(dataset.sample) : 'all rows',
      'Data fingerprint': dataset.fingerprint.slice(0, 12),
    },
    verdict: {
      good: decision.passed,
      text: `${decision.passed ? 'Passes' : 'Does not pass'} the gate: ${decision.reason}`,
    },
    sections: [
      comparison(evaluation, decision.metric),
      candidates(run),
      curves(run),
      importance(run),
      slices(evaluation, decision.metric),
    ],
  });
}

function comparison(
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
    note: 'All on the same rows, that nothing was fitted to.',
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

function candidates({ candidates: tried, evaluation, decision: { metric } }: RunPage): Section {
  const names = [...new Set(tried.flatMap(({ parameters }) => Object.keys(parameters)))];
  return {
    title: 'Candidates',
    note: `The best ${metric} on the last training days is chosen; the holdout only judges it.`,
    body: table(
      ['Candidate', ...names, `Validation ${metric}`, `Holdout ${metric}`],
      tried.map(({ candidate, parameters, validation, holdout }) => ({
        cells: [
          candidate,
          ...names.map((name) => valueOf(parameters, name)),
          validation[metric] ?? null,
          holdout[metric] ?? null,
        ],
        marked: candidate === evaluation.candidate,
      })),
    ),
  };
}

function valueOf(parameters: object, name: string): number | string | null {
  const value: unknown = Object.entries(parameters).find(([key]) => key === name)?.[1];
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function curves({ candidates: tried, evaluation, decision }: RunPage): Section {
  const chosen = tried.find(({ candidate }) => candidate === evaluation.candidate);
  return {
    title: 'Curves',
    body: html`<div class="charts">
      ${chosen && chosen.iterations.length > 1 ? learningCurve(chosen) : ''}
      ${evaluation.roc ? roc(evaluation, decision) : ''}
      ${evaluation.calibration ? calibrationCurve(evaluation.calibration) : ''}
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

function roc({ roc: points = [], champion }: Evaluation, { metric }: GateDecision): Html {
  const series: Series[] = [{ name: 'candidate', points }];
  if (champion?.roc) series.push({ name: `champion ${champion.version}`, points: champion.roc });
  return lineChart({
    title: `ROC${metric === 'auc' ? ': the farther from the diagonal, the better' : ''}`,
    x: 'false positive rate',
    y: 'true positive rate',
    xRange: [0, 1],
    yRange: [0, 1],
    series: [...series, { name: 'chance', points: DIAGONAL, dashed: true }],
  });
}

const DIAGONAL = [
  [0, 0],
  [1, 1],
] as const;

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

function importance({ candidates: tried, evaluation }: RunPage): Section {
  const chosen = tried.find(({ candidate }) => candidate === evaluation.candidate);
  const ranked = Object.entries(chosen?.featureImportance ?? {}).toSorted(([, a], [, b]) => b - a);
  return {
    title: 'Feature importance',
    note: "Share of the model's explaining that each feature does.",
    body: table(
      ['Feature', 'Share'],
      ranked.map(([name, share]) => ({ cells: [name, percent(share)] })),
    ),
  };
}

function slices({ slices: found }: Evaluation, metric: string): Section {
  return {
    title: 'Slices',
    note: 'The most frequent values, on the holdout.',
    body: table(
      ['Feature', 'Value', 'Rows', 'Mean label', metric],
      found.map(({ feature, value, rows, meanLabel, metrics }) => ({
        cells: [feature, value, rows, meanLabel, metrics[metric] ?? null],
      })),
    ),
  };
}

function day(moment: string): string {
  return moment.slice(0, 10);
}
