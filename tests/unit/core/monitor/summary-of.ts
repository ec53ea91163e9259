/** A window of parcels in memory, counted as one in DuckDB would be. */
import type { Columns } from '../../../../core/data/columns.ts';
import { countValues, type DataProfile, numbersOf } from '../../../../core/data/profile.ts';
import { countNumbers } from '../../../../core/data/sketch.ts';
import type { ModelDefinition } from '../../../../core/model/definition.ts';
import { type Summary, sketchEdgesOf } from '../../../../core/monitor/summary.ts';

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
