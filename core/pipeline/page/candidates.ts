/** What was tried, and how each did. */
import { html, percent } from '../../report/html.ts';
import type { Section } from '../../report/page.ts';
import { parallelCoordinates } from '../../report/parallel-coordinates.ts';
import { table } from '../../report/table.ts';
import { HIGHER_IS_BETTER } from '../../train/metrics/quality.ts';
import { ranked } from '../candidate-files.ts';
import type { CandidateFile } from '../evaluation.ts';
import type { RunPage } from '../run-page.ts';

/** Left out where there was nothing to choose from. */
export function candidatesSection(run: RunPage): Section[] {
  const { candidates, evaluation, decision } = run;
  if (candidates.length < 2) return [];
  const { metric } = decision;
  const best = ranked(candidates, metric);
  const names = searched(candidates);
  const narrowed = candidates.some(({ share }) => share < 1);
  const lines = best.map((file, place) => ({
    name: `candidate ${file.candidate}`,
    values: [...names.map((name) => numberOf(file, name)), file.validation[metric]],
    rank: 1 - place / best.length,
    marked: file.candidate === evaluation.candidate,
  }));
  const last = { name: `validation ${metric}`, reversed: !HIGHER_IS_BETTER[metric] };
  return [
    {
      title: 'Candidates',
      note:
        `The best ${metric} on the last training days is chosen; the holdout only judges it. ` +
        `Candidate ${evaluation.candidate} is set off.` +
        (narrowed ? ' Those with few rows were given up on the way.' : ''),
      body: html`${parallelCoordinates({
        title: 'Each line is a candidate; the stronger its colour, the better',
        axes: [...names.map((name) => ({ name })), last],
        lines,
      })}
      ${table(
        [
          'Candidate',
          ...names,
          ...(narrowed ? ['Rows'] : []),
          `Validation ${metric}`,
          `Holdout ${metric}`,
        ],
        best.map((file) => ({
          cells: [
            file.candidate,
            ...names.map((name) => numberOf(file, name) ?? null),
            ...(narrowed ? [percent(file.share)] : []),
            file.validation[metric] ?? null,
            file.holdout[metric] ?? null,
          ],
          marked: file.candidate === evaluation.candidate,
        })),
      )}`,
    },
  ];
}

/** The parameters in which candidates differ; all of them if they are all the same. */
function searched(candidates: readonly CandidateFile[]): string[] {
  const names = [...new Set(candidates.flatMap(({ parameters }) => Object.keys(parameters)))];
  const differing = names.filter(
    (name) => new Set(candidates.map((file) => numberOf(file, name))).size > 1,
  );
  return differing.length > 0 ? differing : names;
}

function numberOf({ parameters }: CandidateFile, name: string): number | undefined {
  const value: unknown = Object.entries(parameters).find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : undefined;
}
