/** The report of a training run as a page: what was tried, what came of it, what it has to beat. */
import type { CheckResult } from '../data/checks/check.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { percent, shown } from '../report/html.ts';
import { renderPage } from '../report/page.ts';
import { checksSection } from './checks-page.ts';
import type { CandidateFile, Evaluation } from './evaluation.ts';
import type { GateDecision } from './gate.ts';
import { candidatesSection } from './page/candidates.ts';
import { curvesSection } from './page/curves.ts';
import { gateSection, holdoutSection } from './page/gate.ts';
import { confusionSection, importanceSection, slicesSection } from './page/outcome.ts';
import type { DatasetFile } from './run-files.ts';

export interface RunPage {
  readonly definition: Pick<ModelDefinition, 'name' | 'trainer' | 'target'>;
  readonly runId: string;
  /** What started it. */
  readonly trigger: string;
  readonly dataset: DatasetFile;
  readonly checks: readonly CheckResult[];
  readonly candidates: readonly CandidateFile[];
  readonly evaluation: Evaluation;
  readonly decision: GateDecision;
}

export function renderRunPage(run: RunPage): string {
  const { definition, runId, trigger, dataset, checks, evaluation, decision } = run;
  const { name, trainer } = definition;
  return renderPage({
    title: `${name}: ${runId}`,
    facts: {
      'Started by': trigger,
      'Trained on':
        evaluation.learnedFrom === undefined
          ? `${shown(dataset.rows.training)} rows from ${day(dataset.trainingFrom)}`
          : `rows from ${day(evaluation.learnedFrom)}, since when performance declines`,
      'Judged on': `${shown(evaluation.rows)} rows, ${day(dataset.holdoutFrom)} to ${day(dataset.to)}`,
      Sample: dataset.sample < 1 ? percent(dataset.sample) : 'all rows',
      Trainer: `${trainer.algorithm}, seed ${trainer.seed}`,
      'Data fingerprint': dataset.fingerprint.slice(0, 12),
      'File fingerprint': evaluation.sha256.slice(0, 12),
    },
    verdict: {
      good: decision.passed,
      text: `${decision.passed ? 'Passes' : 'Does not pass'} the gate`,
    },
    sections: [
      gateSection(decision),
      holdoutSection(evaluation, decision.metric),
      ...candidatesSection(run),
      curvesSection(run),
      ...confusionSection(evaluation),
      importanceSection(run),
      ...slicesSection(evaluation, decision.metric),
      checksSection(checks),
    ],
  });
}

function day(moment: string): string {
  return moment.slice(0, 10);
}
