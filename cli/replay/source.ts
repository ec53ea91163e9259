/** Where the rows of a replay come from, and when their labels are known. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DATA_ENDINGS, type LocalFile } from '../../core/data/dataset.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { shippedFile } from '../actions/shipped.ts';

/** How long after its own time, in milliseconds; or at the time in a column; or as SQL says. */
export type LabelKnown =
  | { readonly afterMs: number }
  | { readonly column: string }
  | { readonly sql: string };

export interface ReplaySource {
  readonly files: readonly Pick<LocalFile, 'key' | 'path'>[];
  readonly known: LabelKnown;
}

export interface SourceChoice {
  /** File or folder. @default the data that ships with the model */
  readonly data?: string;
  readonly known?: LabelKnown;
}

/**
 * Finds the files of the declared format.
 *
 * @throws {Error} if there are none
 */
export function findSource(model: ModelDefinition, { data, known }: SourceChoice): ReplaySource {
  if (data !== undefined) {
    return { files: filesAt(data, model), known: known ?? declaredKnown(model) };
  }
  const path = shippedFile(model);
  const sql = model.data.shipped?.labelKnown;
  const declared = sql === undefined ? declaredKnown(model) : { sql };
  return { files: [{ key: model.data.shipped?.file ?? path, path }], known: known ?? declared };
}

/** What the declaration says of labels in general. */
export function declaredKnown({ labels }: Pick<ModelDefinition, 'labels'>): LabelKnown {
  if (labels.knownAt !== undefined) return { column: labels.knownAt };
  return { afterMs: (labels.knownAfterMinutes ?? 0) * 60_000 };
}

function filesAt(place: string, { data }: ModelDefinition): Pick<LocalFile, 'key' | 'path'>[] {
  const root = resolve(place);
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`there is no file or folder '${place}'`);
  if (found.isFile()) return [{ key: place, path: root }];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => DATA_ENDINGS[data.format].test(file))
    .toSorted();
  if (files.length === 0) {
    throw new Error(
      `folder '${place}' holds no ${data.format} files; ` +
        'give another one, or declare the format of the data',
    );
  }
  return files.map((file) => ({ key: file, path: join(root, file) }));
}
