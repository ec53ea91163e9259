/** An explanation in words, for a terminal and for a page. */
import { html } from '../report/html.ts';
import { renderPage } from '../report/page.ts';
import { signedBars } from '../report/signed-bars.ts';
import type { Explanation } from './explain.ts';

/** What the prediction came from, by name. */
export function factsOf({ record, key, version, run }: Explanation): Record<string, string> {
  const { lineage } = version;
  return {
    prediction: `${record.id}${record.entity === undefined ? '' : ` of ${record.entity}`}`,
    'asked for': `${record.at}, ${SOURCES[record.source]}${record.event === undefined ? '' : ` at ${record.event}`}`,
    'kept in': key,
    'answered by': `${record.model}/${record.version}${record.variant === undefined ? '' : `, the ${record.variant}`}`,
    file: `SHA-256 ${version.sha256}`,
    'made by': run
      ? `run ${run.runId}, ${run.trigger}, as of ${run.asOf}`
      : `registration ${version.runId}`,
    data: lineage.datasetFingerprint,
    code: lineage.codeFingerprint,
  };
}

const SOURCES = { online: 'over HTTP', stream: 'on the stream', batch: 'in a batch' } as const;

export function answerOf({ record, output }: Explanation): string {
  const name = record.class ?? (record.probability === undefined ? '' : `${record.prediction}`);
  return record.probability === undefined
    ? `value ${output.recorded}`
    : `${name}, probability ${output.recorded}`;
}

export function samenessOf({ output }: Explanation): string {
  return output.same
    ? 'run again, the model gives the same to the bit'
    : `run again, the model gives ${output.now}: another answer`;
}

export function howExplained({ mean, exact, background }: Explanation): string {
  const how = exact ? 'exact Shapley values' : 'Shapley values over sampled orders';
  return `on average ${mean.toFixed(4)}, over ${background.rows} ${background.what}; ${how}`;
}

export function renderExplanation(explanation: Explanation): string {
  const { contributions, output, record } = explanation;
  return renderPage({
    title: `Why ${record.model} said ${answerOf(explanation)}`,
    facts: factsOf(explanation),
    verdict: { good: output.same, text: samenessOf(explanation) },
    sections: [
      {
        title: 'What each feature did',
        note: `${howExplained(explanation)}. They add up to the answer.`,
        body: html`${signedBars(
          contributions.map(({ feature, value, contribution }) => ({
            name: feature,
            value: String(value ?? 'unknown'),
            amount: contribution,
          })),
        )}`,
      },
    ],
  });
}
