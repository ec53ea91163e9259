/** Loading the data that ships with a model into the bucket, a day an object. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../core/aws/objects.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { layout } from '../../core/model/layout.ts';
import type { Report } from '../terminal.ts';
import { type Period, writeShippedDays } from './shipped.ts';

const PARALLEL = 8;

/** Loads a period into `datasets/<model>/`. @returns how many days, each one object */
export async function loadShipped(
  objects: ObjectStore,
  model: ModelDefinition,
  period: Period,
  report: Report,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-load-'));
  try {
    const files = await writeShippedDays(model, period, folder);
    for (let start = 0; start < files.length; start += PARALLEL) {
      const some = files.slice(start, start + PARALLEL);
      await Promise.all(
        some.map((file) =>
          objects.upload(join(folder, file), `${layout.datasets(model.name)}${file}`),
        ),
      );
      report(`${start + some.length} of ${files.length} days`);
    }
    return files.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
