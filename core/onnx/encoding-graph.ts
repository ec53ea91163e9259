/** The part of the graph that turns raw features into the encoded columns. */
import type { CategoryCode, DerivedNumber, Encoding } from './encoding.ts';
import { FLOAT, type GraphWriter } from './graph.ts';
import type { GroupTable } from './set-columns.ts';

/**
 * Adds inputs and encoding; returns the name of the encoded columns, FP32 [rows, columns].
 *
 * @param groupsOf by encoded column, the columns of groups that take the place of a member code
 */
export function addEncoding(
  graph: GraphWriter,
  encoding: Encoding,
  groupsOf: (column: number) => GroupTable | undefined = () => undefined,
): string {
  const { signature, derived } = encoding;
  const parts: string[] = [];
  if (signature.numbers.length > 0) {
    parts.push(graph.input('numbers', 'float', signature.numbers.length));
  }
  if (signature.categories.length > 0) {
    const categories = graph.input('categories', 'string', signature.categories.length);
    const first = signature.numbers.length + derived.length;
    for (const [at, code] of encoding.categories.entries()) {
      const groups = groupsOf(first + at);
      parts.push(
        groups
          ? addGroups(graph, categories, encoding, code, groups)
          : addCode(graph, categories, encoding, code),
      );
    }
  }
  if (signature.times.length > 0) {
    const times = graph.input('times', 'double', signature.times.length);
    if (derived.length > 0) {
      const at = Math.min(1, signature.numbers.length);
      parts.splice(at, 0, addDerived(graph, times, signature.times, derived));
    }
  }
  return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: { int: 1 } });
}

/** All derived numbers at once, in the order of operations that the trainer has. */
function addDerived(
  graph: GraphWriter,
  times: string,
  names: readonly string[],
  derived: readonly DerivedNumber[],
): string {
  const row = (values: readonly number[]): string =>
    graph.constant(Float64Array.from(values), [1, derived.length]);
  const cycles = derived.map(({ cycle }) => cycle);
  const sources = derived.map(({ from }) => names.indexOf(from));
  const periods = row(cycles.map(({ period }) => period));

  const picked = pickColumns(graph, times, names.length, sources);
  const scaled = graph.node('Div', [picked, row(cycles.map(({ unitMs }) => unitMs))]);
  const units = graph.node('Add', [scaled, row(cycles.map(({ offset }) => offset))]);
  const passed = graph.node('Floor', [graph.node('Div', [units, periods])]);
  const within = graph.node('Sub', [units, graph.node('Mul', [passed, periods])]);
  const whole = graph.constant(
    cycles.map((cycle) => cycle.whole),
    [1, derived.length],
  );
  const rounded = graph.node('Where', [whole, graph.node('Floor', [within]), within]);
  return graph.node('Cast', [rounded], { to: { int: FLOAT } });
}

function addCode(
  graph: GraphWriter,
  categories: string,
  { signature }: Encoding,
  { name, values, unseen }: CategoryCode,
): string {
  const names = signature.categories;
  const column = pickColumns(graph, categories, names.length, [names.indexOf(name)]);
  const missing = values.get('') ?? unseen;
  const known = [...values].filter(([text]) => text !== '');
  return graph.mlNode('LabelEncoder', [column], {
    keys_strings: { strings: ['', ...known.map(([text]) => text)] },
    values_floats: { floats: [missing, ...known.map(([, value]) => value)] },
    default_float: { float: unseen },
  });
}

/** Looks up the row of groups that belongs to a category's code. */
function addGroups(
  graph: GraphWriter,
  categories: string,
  { signature }: Encoding,
  { name, values, unseen }: CategoryCode,
  { codes, columns, groups }: GroupTable,
): string {
  const at = graph.constant(BigInt64Array.of(BigInt(signature.categories.indexOf(name))), []);
  const column = graph.node('Gather', [categories, at], { axis: { int: 1 } });
  const known = [...values].filter(([text]) => text !== '');
  const code = graph.mlNode('LabelEncoder', [column], {
    keys_strings: { strings: ['', ...known.map(([text]) => text)] },
    values_int64s: { ints: [values.get('') ?? unseen, ...known.map(([, value]) => value)] },
    default_int64: { int: unseen },
  });
  const found = graph.node('Gather', [graph.constant(groups, [codes, columns]), code]);
  return graph.node('Cast', [found], { to: { int: FLOAT } });
}

function pickColumns(
  graph: GraphWriter,
  matrix: string,
  width: number,
  columns: readonly number[],
): string {
  if (columns.length === width && columns.every((column, at) => column === at)) return matrix;
  const indices = graph.constant(BigInt64Array.from(columns, BigInt), [columns.length]);
  return graph.node('Gather', [matrix, indices], { axis: { int: 1 } });
}
