/** The flight model with rolling features of every kind. */
import {
  type ModelDeclaration,
  rollingCount,
  rollingMaximum,
  rollingMean,
  rollingMinimum,
  rollingSum,
} from '../../core/model/index.ts';
import { flightDelay } from './flight-model.ts';

export const rolling: NonNullable<ModelDeclaration['rolling']> = {
  departures_1h: rollingCount({ by: 'origin', overMinutes: 60 }),
  mean_delay_1h: rollingMean({ of: 'label', by: 'origin', overMinutes: 60 }),
  labels_10m: rollingCount({ of: 'label', by: 'origin', overMinutes: 10 }),
  least_delay_1h: rollingMinimum({ of: 'label', by: 'origin', overMinutes: 60 }),
  // Longer than an hour: counted in buckets of two minutes.
  miles_2h: rollingSum({ of: 'distance', by: 'origin', overMinutes: 120 }),
  longest_of_kind: rollingMaximum({ of: 'distance', by: 'haul', overMinutes: 30 }),
};

export function rollingFlights(change: Partial<ModelDeclaration> = {}) {
  return flightDelay({ rolling, labels: { knownAfterMinutes: 180 }, ...change });
}
