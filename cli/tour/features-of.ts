import type { ModelDefinition } from '../../core/model/index.ts';
import type { ShippedRow } from '../actions/shipped.ts';

/** A row without what a caller cannot know yet. */
export function featuresOf(model: ModelDefinition, row: ShippedRow): ShippedRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name in model.features));
}

/** The id that the tour gives to its n-th event, so that the label can name it later. */
export function eventId(at: number): string {
  return `flight-${String(at).padStart(6, '0')}`;
}
