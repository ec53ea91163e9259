/** Prints the template of the small model of tests, with everything that a declaration can have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineModel } from '../../core/model/index.ts';
import { parcelDeclaration } from '../fakes/parcels.ts';
import { stackTemplate } from './stack-template.ts';

const parcels = defineModel({
  ...parcelDeclaration,
  serving: { ...parcelDeclaration.serving, online: {}, stream: {} },
  schedules: { monitor: 'rate(1 hour)' },
  retraining: {},
  rollout: { canary: { hours: 6, minimumLabels: 100, share: 0.5 } },
});

const temporary = mkdtempSync(join(tmpdir(), 'tidemill-template-'));
try {
  console.log(JSON.stringify(stackTemplate(temporary, [parcels]).toJSON()));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
