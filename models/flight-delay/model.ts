/** Will this flight arrive late? The model that ships with Tidemill; copy this folder to start your own. */
import {
  category,
  daily,
  dayOfWeek,
  defineModel,
  minuteOfDay,
  number,
  timestamp,
  weekly,
} from '../../core/model/index.ts';

export const model = defineModel({
  name: 'flight-delay',
  problem: {
    statement: 'At departure, will this flight arrive 15 minutes late or more?',
    decision: 'Rebook connecting passengers before they land',
    owner: 'operations@example.com',
  },

  data: {
    time: 'date',
    shipped: {
      package: 'vega-datasets',
      file: 'data/flights-3m.parquet',
      // Half an hour on the ground, 480 miles an hour in the air, and the delay.
      labelKnown: 'date + to_minutes(cast(30 + distance / 8 + delay as bigint))',
    },
  },
  target: { kind: 'binary', column: 'delay', atLeast: 15, threshold: 0.4 },

  features: {
    date: timestamp({ description: 'Scheduled departure, local time' }),
    distance: number({
      description: 'Great-circle distance',
      unit: 'miles',
      minimum: 0,
      maximum: 6000,
    }),
    origin: category({ description: 'Airport of departure, IATA code' }),
    destination: category({ description: 'Airport of arrival, IATA code' }),
  },
  derived: {
    minute_of_day: minuteOfDay('date'),
    day_of_week: dayOfWeek('date'),
  },

  split: { trainingDays: 106, holdoutDays: 14 },
  trainer: {
    algorithm: 'gradient-boosted-trees',
    // Delays gather at one airport on one morning; only large trees single such mornings out.
    parameters: {
      trees: 60,
      leaves: 511,
      learningRate: 0.2,
      minimumRowsInLeaf: 50,
      smoothing: 5,
      rankings: 3,
    },
    search: { leaves: [255, 511, 1023], minimumRowsInLeaf: [20, 50, 100] },
    candidates: 2,
    // Trees this large gain little by a second core; the candidates, one beside the other, all of it.
    job: { vcpus: 1, memoryMiB: 8192 },
  },
  baseline: { by: ['origin'] },
  gate: { metric: 'auc', beatBaselineBy: 0.05 },

  serving: {
    entity: 'origin',
    online: { memoryMiB: 1024 },
    stream: { shards: 1, batchSize: 500 },
    batch: {},
  },
  monitors: {
    windowHours: 24,
    driftThreshold: 0.25,
    performance: { metric: 'auc', limit: 0.66 },
  },
  retraining: { cooldownHours: 72, budgetPerMonth: 4 },
  rollout: {
    shadow: { hours: 24 },
    canary: { hours: 24, share: 0.2 },
  },
  schedules: {
    train: weekly({ on: 'monday', at: '04:00' }),
    score: daily({ at: '03:00' }),
    monitor: daily({ at: '06:00' }),
  },
});
