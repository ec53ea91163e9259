/** A backtest as a page: the table, and what the days would have been worth. */
import { PRICES } from '../cost/prices.ts';
import { html, shown } from '../report/html.ts';
import { renderPage } from '../report/page.ts';
import { table } from '../report/table.ts';
import { timeChart } from '../report/time-chart.ts';
import { isBetterHigher } from '../monitor/labelled/judge.ts';
import type { Backtest } from './backtest.ts';
import type { Outcome } from './play.ts';

/** Columns of the table of policies. */
export const HEAD = [
  'policy',
  'alarms',
  'false a month',
  'found of declines',
  'delay (days)',
  'retrains',
  'USD',
  'metric',
  'at the end',
] as const;

export function cellsOf(outcome: Outcome): (string | number)[] {
  const { policy, alarms, falseAlarmsPerMonth, declines, missed, delayDays } = outcome;
  return [
    policy.name,
    alarms,
    falseAlarmsPerMonth.toFixed(2),
    `${declines - missed} of ${declines}`,
    delayDays === null ? '–' : delayDays.toFixed(1),
    outcome.retrains,
    ((outcome.vcpuSeconds / 3600) * PRICES.fargate.vcpuHour).toFixed(2),
    outcome.metric.toFixed(4),
    outcome.metricAtEnd.toFixed(4),
  ];
}

export function renderBacktest(backtest: Backtest): string {
  const { model, metric, days, versions, badLoss, outcomes } = backtest;
  const [declared] = outcomes;
  const never = outcomes.find(({ policy }) => policy.signal === 'never');
  const best = bestOf(backtest);
  const lines = [...new Set([declared, never, best])].filter((one) => one !== undefined);
  return renderPage({
    title: `${model}: when to ring, and when to train`,
    facts: {
      Days: `${day(days[0]?.at)} to ${day(days.at(-1)?.at)}`,
      Versions: versions.map(({ version, from }) => `${version} (to ${day(from)})`).join(', '),
      'A day is bad': `surely worse than the holdout by more than ${shown(badLoss)} ${metric}`,
    },
    verdict: {
      good: true,
      text: best ? `Fewest retrains at as good an ${metric} as any: ${best.policy.name}` : '',
    },
    sections: [
      {
        title: 'Policies',
        note: 'The declared one first. An alarm is false if none of the days that it looked at was bad. A training puts the newest version in place whose data had ended by then. USD are those of Fargate for the vCPUs of trainings.',
        body: table(
          HEAD,
          outcomes.map((outcome) => ({ cells: cellsOf(outcome), marked: outcome === best })),
        ),
      },
      {
        title: 'What the days would have been worth',
        note: 'The declared policy, no training at all, and the best one; each training is marked.',
        body: html`${lines.map((outcome) =>
          timeChart({
            title: `${outcome.policy.name}: ${metric} by day`,
            series: [{ name: metric, points: outcome.line }],
            marks: outcome.retrainedAt.map((at) => ({
              at,
              name: '',
              meaning: `training on ${day(at)}`,
            })),
            yRange: rangeOf(outcomes),
          }),
        )}`,
      },
    ],
  });
}

/** The same ends for all lines, so that they compare. */
function rangeOf(outcomes: readonly Outcome[]): [number, number] {
  const values = outcomes.flatMap(({ line }) => line.map(({ value }) => value));
  return [Math.min(...values), Math.max(...values)];
}

/** Differences of the metric that nobody would train for. */
const AS_GOOD = 0.005;

/** Of the policies whose metric is as good as any, the one that trains and rings falsely least. */
export function bestOf({
  outcomes,
  metric,
}: Pick<Backtest, 'outcomes' | 'metric'>): Outcome | undefined {
  const sign = isBetterHigher(metric) ? 1 : -1;
  const top = Math.max(...outcomes.map((outcome) => sign * outcome.metric));
  return outcomes
    .filter((outcome) => sign * outcome.metric >= top - AS_GOOD)
    .toSorted(
      (a, b) =>
        a.retrains - b.retrains ||
        a.falseAlarmsPerMonth - b.falseAlarmsPerMonth ||
        sign * (b.metric - a.metric),
    )[0];
}

function day(at: Date | undefined): string {
  return at?.toISOString().slice(0, 10) ?? '–';
}
