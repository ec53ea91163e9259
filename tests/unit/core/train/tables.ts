/** Small tables for trainers to learn from. */
import type { CategoryColumn, Columns } from '../../../../core/data/columns.ts';
import {
  category,
  dayOfWeek,
  minuteOfDay,
  number,
  timestamp,
} from '../../../../core/model/features.ts';
import { hashOf } from '../../../../core/train/random.ts';
import type { TrainingTask } from '../../../../core/train/trainer.ts';

/** A number in [0, 1) that depends on nothing but its arguments. */
export function chance(row: number, stream: number): number {
  return hashOf(stream, row) / 2 ** 32;
}

export function table(rows: number, parts: Partial<Columns>): Columns {
  return { rows, numbers: {}, categories: {}, times: {}, target: new Float64Array(rows), ...parts };
}

export function numbers(rows: number, of: (row: number) => number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => of(row));
}

export function texts(rows: number, of: (row: number) => string): CategoryColumn {
  const values = Array.from({ length: rows }, (_, row) => of(row));
  const dictionary = [...new Set(values)].filter((text) => text !== '');
  return { dictionary, codes: Int32Array.from(values, (text) => dictionary.indexOf(text)) };
}

const description = 'of a test';

export const MIXED_TASK = {
  name: 'mixed',
  features: {
    amount: number({ description }),
    weight: number({ description }),
    city: category({ description }),
    customer: category({ description }),
    at: timestamp({ description }),
    delivered: timestamp({ description }),
  },
  derived: {
    minute: minuteOfDay('at'),
    weekday: dayOfWeek('at'),
    delivered_minute: minuteOfDay('delivered'),
  },
} as const satisfies Omit<TrainingTask, 'target'>;

function missing(row: number, stream: number): boolean {
  return chance(row, stream) < 0.1;
}

function moment(row: number, stream: number): number {
  if (missing(row, stream + 1)) return NaN;
  return 946_684_800_000 + Math.floor(chance(row, stream) * 5e10);
}

/** Every kind of feature, a tenth of each missing, `customer` with more values than fit a set. */
export function mixedTable(
  rows: number,
  kind: TrainingTask['target']['kind'],
  unseen = false,
): Columns {
  const name = (row: number, stream: number, of: number): string => {
    if (missing(row, stream + 1)) return '';
    const text = `${unseen && chance(row, stream + 2) < 0.3 ? 'new ' : ''}é`;
    return text + Math.floor(chance(row, stream) * of);
  };
  const amount = numbers(rows, (row) => (missing(row, 2) ? NaN : (chance(row, 1) - 0.3) * 1000));
  const city = texts(rows, (row) => name(row, 10, 90));
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const pull = Number.isNaN(amount[row]!) ? 1 : amount[row]! / 500;
    const score = pull + (city.codes[row]! % 3) - 1 + chance(row, 40);
    if (kind === 'multiclass') return Number(score > 0.2) + Number(score > 1.2);
    return kind === 'binary' ? Number(score > 0.7) : 1000 + 50 * score;
  });
  return table(rows, {
    numbers: { amount, weight: numbers(rows, (row) => Math.floor(chance(row, 5) * 4)) },
    categories: { city, customer: texts(rows, (row) => name(row, 20, 600)) },
    times: {
      at: Float64Array.from({ length: rows }, (_, row) => moment(row, 30)),
      delivered: Float64Array.from({ length: rows }, (_, row) => moment(row, 34)),
    },
    target,
  });
}
