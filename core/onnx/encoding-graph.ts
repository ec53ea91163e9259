/** The part of the graph that turns raw features into the encoded columns. */
import type { CategoryCode, DerivedNumber, Encoding } from './encoding.ts';
import { FLOAT, type GraphWriter } from './graph.ts';
import type { CodeTable } from './code-table.ts';

/**
 * Adds inputs and encoding; returns the name of the encoded columns, FP32 [rows, columns].
 *
 * @param tableOf by encoded column, the columns that take the place of a member code
 */
export function addEncoding(
  graph: GraphWriter,
  encoding: Encoding,
  tableOf: (column: number) => CodeTable | undefined = () => undefined,
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
      const table = tableOf(first + at);
      parts.push(
        table
          ? addTable(graph, categories, encoding, code, table)
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

/** Looks up the row of a table that belongs to a category's code. */
function addTable(
  graph: GraphWriter,
  categories: string,
  { signature }: Encoding,
  { name, values, unseen }: CategoryCode,
  { codes, columns, values: table }: CodeTable,
): string {
  const at = graph.constant(BigInt64Array.of(BigInt(signature.categories.indexOf(name))), []);
  const column = graph.node('Gather', [categories, at], { axis: { int: 1 } });
  const known = [...values].filter(([text]) => text !== '');
  const code = graph.mlNode('LabelEncoder', [column], {
    keys_strings: { strings: ['', ...known.map(([text]) => text)] },
    values_int64s: { ints: [values.get('') ?? unseen, ...known.map(([, value]) => value)] },
    default_int64: { int: unseen },
  });
  // Of a constant, ONNX Runtime casts once when it loads the file, and not again for every row.
  const numbers = graph.node('Cast', [graph.constant(table, [codes, columns])], {
    to: { int: FLOAT },
  });
  return graph.node('Gather', [numbers, code]);
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
