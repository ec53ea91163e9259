/** The monitoring report as a page: what is wrong first, then why. */
import type { AliasEntry } from '../registry/registry.ts';
import { html, shown, type Html } from '../report/html.ts';
import { renderPage, type Section } from '../report/page.ts';
import { table } from '../report/table.ts';
import { digestOf } from './digest.ts';
import type { History } from './history.ts';
import { driftSections } from './page/drift.ts';
import { overTime } from './page/over-time.ts';
import { performanceSections } from './page/performance.ts';
import { qualitySection, recordsSection } from './page/quality.ts';
import type { MonitorReport } from './report.ts';

export interface MonitorPage {
  readonly report: MonitorReport;
  readonly history: History;
  /** Every promotion up to the window's end, oldest first. */
  readonly champions: readonly Pick<AliasEntry, 'at' | 'version' | 'kind' | 'reason'>[];
  /** Versions that were trained meanwhile and did not pass. */
  readonly refused: readonly Refusal[];
}

export type Refusal = Pick<AliasEntry, 'at' | 'version' | 'reason'>;

export function renderMonitorPage({ report, history, champions, refused }: MonitorPage): string {
  const { model, version, window, rows, performance, findings } = report;
  const windows = [...history.line, digestOf(report)];
  const lines = overTime(windows, { champions, refused });
  const judged = performance.coverage.at(-1);
  return renderPage({
    title: `${model}: what went in and came out`,
    facts: {
      Window: `${minute(window.from)} to ${minute(window.to)} UTC`,
      Version: `${version}${report.staleness.championDays === null ? '' : `, champion for ${report.staleness.championDays} days`}`,
      Rows: shown(rows),
      'Labels in': judged ? `${shown(judged.labelled)} of ${shown(judged.predictions)}` : '0',
    },
    verdict:
      findings.length > 0
        ? {
            good: false,
            text: `${findings.length} ${findings.length === 1 ? 'thing' : 'things'} to look at`,
          }
        : { good: true, text: 'Nothing to look at' },
    sections: [
      ...(findings.length > 0 ? [{ title: 'Look at', body: list(findings) }] : []),
      verdictSection(report),
      ...performanceSections(report, lines.performance),
      ...driftSections(report, lines.drift),
      qualitySection(report.quality),
      recordsSection(report),
    ],
  });
}

function verdictSection({ verdicts }: MonitorReport): Section {
  return {
    title: 'Monitors',
    body: table(
      ['Monitor', 'Verdict', 'What was found'],
      verdicts.map(({ monitor, state, says }) => ({
        cells: [monitor, state, says],
        marked: state === 'bad',
      })),
    ),
  };
}

function list(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function minute(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}
