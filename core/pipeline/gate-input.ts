/** From what was measured to what the gate compares. */
import { DataError } from '../data/errors.ts';
import type { QualityMetric } from '../model/definition.ts';
import type { Evaluation } from './evaluation.ts';
import type { GateInput } from './gate.ts';

/** @throws {DataError} if the gate's metric is undefined on the holdout */
export function gateInputOf(
  metric: QualityMetric,
  {
    metrics,
    baseline,
    champion,
    rows,
    improvements,
  }: Pick<Evaluation, 'metrics' | 'baseline' | 'champion' | 'rows' | 'improvements'>,
): GateInput {
  const candidate = metrics[metric];
  const trivial = baseline[metric];
  if (candidate === undefined || trivial === undefined) {
    throw new DataError(
      `${metric} cannot be measured on the ${rows} rows of the holdout, where all labels are the ` +
        'same; declare more holdoutDays, or gate on another metric',
    );
  }
  const value = champion?.metrics?.[metric];
  const { baseline: overBaseline, champion: overChampion } = improvements;
  return {
    candidate,
    baseline: { value: trivial, ...(overBaseline && { interval: overBaseline }) },
    ...(champion &&
      value !== undefined && {
        champion: {
          version: champion.version,
          value,
          ...candidateOn(champion, metric),
          ...(overChampion && { interval: overChampion }),
        },
      }),
  };
}

/** What is to be said of rows that the champion was trained on. */
function candidateOn(
  { learned, candidate }: NonNullable<Evaluation['champion']>,
  metric: QualityMetric,
): Pick<NonNullable<GateInput['champion']>, 'candidate' | 'note'> {
  if (learned === undefined) return {};
  const value = candidate?.[metric];
  return value === undefined
    ? { note: `it was trained on ${learned} of these rows, which favours it` }
    : { candidate: value, note: `without ${learned} rows that it was trained on` };
}
