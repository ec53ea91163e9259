/** Turns a table of raw features into the numbers that a trainer computes with. */
import { type CategoryColumn, columnOf, type Columns } from '../data/columns.ts';
import { deriveNumber } from '../data/derived.ts';
import { CYCLES } from '../model/features.ts';
import { signatureOf } from '../model/signature.ts';
import type { CategoryCode, Encoding } from '../onnx/encoding.ts';
import { fitTargetStatistic } from './target-statistic.ts';
import type { TrainingTask } from './trainer.ts';

export interface FittedEncoder {
  readonly encoding: Encoding;
  /** The training rows, each category encoded from the other folds' targets. `[column][row]` */
  readonly training: readonly Float32Array[];
}

export interface EncoderOptions {
  /** Rows' worth of the overall mean in each category's statistic. */
  readonly smoothing: number;
  readonly seed: number;
  /** Categories with at most so many values are coded as members, others by their statistic. */
  readonly membersUpTo: number;
}

/**
 * Learns the encoding from the training rows.
 *
 * @throws {RangeError} if there are no rows, or no feature that a trainer can learn from
 */
export function fitEncoder(
  task: TrainingTask,
  training: Columns,
  { smoothing, seed, membersUpTo }: EncoderOptions,
): FittedEncoder {
  if (training.rows === 0) {
    throw new RangeError(`no rows to train '${task.name}' on; check the data and the split's days`);
  }
  const signature = signatureOf(task);
  const derived = Object.entries(task.derived ?? {}).map(([name, { kind, from }]) => {
    return { name, from, cycle: CYCLES[kind] };
  });
  const categories = signature.categories.map((name) => {
    const column = columnOf(training.categories, name);
    const members = memberCode(name, column);
    if (members.values.size <= membersUpTo) {
      return { code: members, training: encodeCategory(members, column) };
    }
    const { code, outOfFold } = fitTargetStatistic(name, column, training.target, smoothing, seed);
    return { code, training: outOfFold };
  });
  const encoding = { signature, derived, categories: categories.map(({ code }) => code) };
  const columns = [
    ...encodeNumbers(encoding, training),
    ...categories.map((category) => category.training),
  ];
  if (columns.length === 0) {
    throw new RangeError(
      `model '${task.name}' has nothing to learn from; ` +
        'declare a number, a category, or a number derived from a timestamp',
    );
  }
  return { encoding, training: columns };
}

/** Rows as a model sees them when it predicts. `[column][row]`, NaN is a missing number. */
export function encode(encoding: Encoding, columns: Columns): Float32Array[] {
  return [
    ...encodeNumbers(encoding, columns),
    ...encoding.categories.map((code) =>
      encodeCategory(code, columnOf(columns.categories, code.name)),
    ),
  ];
}

/** Numbers the categories that occur, in alphabetical order, so that the data's order is no matter. */
function memberCode(name: string, { dictionary, codes }: CategoryColumn): CategoryCode {
  const missing = dictionary.length;
  const seen = new Uint8Array(missing + 1);
  for (const code of codes) seen[code < 0 ? missing : code] = 1;
  const occurring = new Set([...dictionary, ''].filter((_, code) => seen[code] === 1));
  const values = new Map([...occurring].toSorted().map((text, at) => [text, at + 1]));
  return { name, kind: 'member', values, unseen: 0 };
}

function encodeNumbers({ signature, derived }: Encoding, columns: Columns): Float32Array[] {
  return [
    ...signature.numbers.map((name) => columnOf(columns.numbers, name)),
    ...derived.map(({ from, cycle }) => deriveNumber(columnOf(columns.times, from), cycle)),
  ];
}

function encodeCategory(
  { values, unseen }: CategoryCode,
  { dictionary, codes }: CategoryColumn,
): Float32Array {
  const missing = values.get('') ?? unseen;
  const byCode = Float32Array.from(dictionary, (text) => values.get(text) ?? unseen);
  const encoded = new Float32Array(codes.length);
  for (let row = 0; row < codes.length; row++) encoded[row] = byCode[codes[row]!] ?? missing;
  return encoded;
}
