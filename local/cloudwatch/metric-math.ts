/** Metric math: what its expressions are worth, point by point. */
import { type Expression, ExpressionError, type Operator } from './expression.ts';

/** Values by the start of their period, in epoch milliseconds. */
export type Series = ReadonlyMap<number, number>;

/** A number, a time series, or several time series. */
export type MathValue = number | Series | readonly Series[];

export interface MathScope {
  /** Series of the metrics and expressions that an expression may name. */
  readonly series: ReadonlyMap<string, Series>;
  /** IDs that stand for metrics, in the order of the request; what `METRICS()` gives. */
  readonly metricIds: readonly string[];
  /** Starts of all periods of the time asked for; what `FILL` fills. */
  readonly times: readonly number[];
  readonly periodSeconds: number;
}

/**
 * Returns what an expression is worth.
 *
 * @throws {ExpressionError} for an unknown name or function, or values it cannot be applied to
 */
export function evaluateExpression(expression: Expression, scope: MathScope): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return named(expression.name, scope);
    case 'list':
      return expression.items.map((item) => asSeries(evaluateExpression(item, scope), scope));
    case 'negate':
      return map1(evaluateExpression(expression.operand, scope), (value) => -value);
    case 'operate':
      return map2(
        evaluateExpression(expression.left, scope),
        evaluateExpression(expression.right, scope),
        OPERATORS[expression.operator],
      );
    case 'call':
      return call(expression.name, expression.arguments, scope);
    default:
      return expression satisfies never;
  }
}

function named(name: string, { series }: MathScope): Series {
  const found = series.get(name);
  if (found === undefined) {
    throw new ExpressionError(
      `'${name}' is no metric (there are: ${[...series.keys()].join(', ')})`,
    );
  }
  return found;
}

const both = (a: number, b: number): number => Number(a !== 0 && b !== 0);
const either = (a: number, b: number): number => Number(a !== 0 || b !== 0);

const OPERATORS: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  AND: both,
  '&&': both,
  OR: either,
  '||': either,
};

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of one series a number over time; of several series a series across them. */
const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: total,
  AVG: (values) => total(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const POINTWISE: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};

function call(name: string, args: readonly Expression[], scope: MathScope): MathValue {
  const values = (): MathValue[] => args.map((argument) => evaluateExpression(argument, scope));
  const aggregate = AGGREGATES[name];
  if (aggregate) return aggregated(aggregate, values()[0] ?? []);
  const pointwise = POINTWISE[name];
  if (pointwise) return map1(values()[0] ?? [], pointwise);
  switch (name) {
    case 'IF':
      return choose(values(), scope);
    case 'FILL':
      return fill(args, scope);
    case 'METRICS':
      return scope.metricIds.map((id) => named(id, scope));
    case 'PERIOD':
      return scope.periodSeconds;
    case 'TIME_SERIES':
      return asSeries(values()[0] ?? 0, scope);
    default:
      throw new ExpressionError(
        `function '${name}' is not known here; there are: ` +
          [...Object.keys(AGGREGATES), ...Object.keys(POINTWISE)].join(', ') +
          ', IF, FILL, METRICS, PERIOD, TIME_SERIES',
      );
  }
}

function aggregated(
  aggregate: (values: readonly number[]) => number,
  value: MathValue,
): number | Series {
  if (typeof value === 'number') return value;
  if (!isList(value)) return value.size === 0 ? value : aggregate([...value.values()]);
  const times = [...new Set(value.flatMap((series) => [...series.keys()]))].toSorted(
    (a, b) => a - b,
  );
  return new Map(
    times.map((time) => [
      time,
      aggregate(value.map((series) => series.get(time)).filter((one) => one !== undefined)),
    ]),
  );
}

/** IF(condition, then, otherwise): a point without a condition has no value. */
function choose(values: readonly MathValue[], scope: MathScope): MathValue {
  const [condition = 0, then = 0, otherwise] = values;
  if (typeof condition === 'number') return (condition === 0 ? otherwise : then) ?? new Map();
  const conditions = asSeries(condition, scope);
  const branches = [otherwise, then].map((one) =>
    one === undefined ? new Map<number, number>() : asSeries(one, scope),
  );
  const points = [...conditions].map(
    ([time, holds]) => [time, branches[holds === 0 ? 0 : 1]?.get(time)] as const,
  );
  return new Map(points.filter((point): point is [number, number] => point[1] !== undefined));
}

/** FILL(series, number or REPEAT): gives the periods without a value one. */
function fill([first, second]: readonly Expression[], scope: MathScope): MathValue {
  if (first === undefined || second === undefined) {
    throw new ExpressionError('FILL needs a series and what to fill it with');
  }
  const value = evaluateExpression(first, scope);
  const repeats = second.kind === 'name' && second.name.toUpperCase() === 'REPEAT';
  const filler = repeats ? undefined : asSeries(evaluateExpression(second, scope), scope);
  const filled = (series: Series): Series => {
    let last: number | undefined;
    const points = scope.times.map((time) => {
      last = series.get(time) ?? (repeats ? last : filler?.get(time));
      return [time, last] as const;
    });
    return new Map(points.filter((point): point is [number, number] => point[1] !== undefined));
  };
  return isList(value) ? value.map(filled) : filled(asSeries(value, scope));
}

/** A number stands for a series that has it in every period. */
export function asSeries(value: MathValue, { times }: MathScope): Series {
  if (typeof value === 'number') return new Map(times.map((time) => [time, value]));
  if (!isList(value)) return value;
  throw new ExpressionError(
    'several series where one was expected; join them with SUM, AVG, MIN or MAX',
  );
}

function isList(value: MathValue): value is readonly Series[] {
  return Array.isArray(value);
}

function map1(value: MathValue, apply: (value: number) => number): MathValue {
  if (typeof value === 'number') return apply(value);
  if (isList(value)) return value.map((series) => mapSeries(series, apply));
  return mapSeries(value, apply);
}

function map2(a: MathValue, b: MathValue, apply: (a: number, b: number) => number): MathValue {
  if (typeof b === 'number') return map1(a, (value) => apply(value, b));
  if (typeof a === 'number') return map1(b, (value) => apply(a, value));
  if (isList(a)) {
    if (isList(b)) throw new ExpressionError('two lists of series cannot be combined');
    return a.map((series) => zipSeries(series, b, apply));
  }
  return isList(b) ? b.map((series) => zipSeries(a, series, apply)) : zipSeries(a, b, apply);
}

/** Two series have values together only where both do, and none where the result is no number. */
function zipSeries(a: Series, b: Series, apply: (a: number, b: number) => number): Series {
  return new Map(
    [...a]
      .map(([time, value]) => [time, apply(value, b.get(time) ?? Number.NaN)] as const)
      .filter(([time, value]) => b.has(time) && Number.isFinite(value)),
  );
}

function mapSeries(series: Series, apply: (value: number) => number): Series {
  return new Map(
    [...series]
      .map(([time, value]) => [time, apply(value)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  );
}
