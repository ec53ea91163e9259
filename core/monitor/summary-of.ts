/** The same summary of rows that are in memory. */
import type { Columns } from '../data/columns.ts';
import { countValues, type DataProfile, numbersOf } from '../data/profile.ts';
import { countNumbers } from '../data/sketch.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { type Summary, sketchEdgesOf } from './summary.ts';

/** Counts what `summarise` counts, over the edges of the profile. O(rows × features) */
export function summaryOf(
  columns: Columns,
  definition: Pick<ModelDefinition, 'features' | 'derived'>,
  profile: DataProfile,
): Summary {
  const numbers = { ...columns.times, ...numbersOf(columns, definition) };
  return {
    rows: columns.rows,
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([name, values]) => {
        const feature = profile.features[name];
        const edges = feature?.kind === 'number' ? sketchEdgesOf(feature) : [];
        const declared = definition.features[name];
        const counter = countNumbers(edges, declared?.kind === 'number' ? declared : {});
        counter.add(values);
        return [name, counter.counted()];
      }),
    ),
    categories: Object.fromEntries(
      Object.entries(columns.categories).map(([name, column]) => [
        name,
        { ...countValues(column), other: 0 },
      ]),
    ),
  };
}
