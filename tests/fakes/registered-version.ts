/** A version as a training run would register it. */
import type { NewVersion } from '../../core/registry/registry.ts';

export function newVersion(change: Partial<NewVersion> = {}): NewVersion {
  return {
    model: 'flight-delay',
    runId: 'run-1',
    sha256: 'a'.repeat(64),
    at: new Date('2001-05-01T04:00:00Z'),
    metrics: { auc: 0.73 },
    signature: {
      numbers: ['distance'],
      categories: ['origin', 'destination'],
      times: ['date'],
      output: 'probability',
    },
    lineage: { datasetFingerprint: 'd1', codeFingerprint: 'c1' },
    ...change,
  };
}
