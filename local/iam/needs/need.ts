/** What an operation takes of permissions: AWS's service authorization reference, as tables. */
import { type Place } from '../../resource.ts';
import type { Input } from '../../wire/operations.ts';
import type { Context } from '../condition.ts';

/** One action, which must be allowed on each of the resources. */
export interface Need {
  readonly action: string;
  readonly resources: readonly string[];
  /** What conditions may ask of the request, besides what is known of every request. */
  readonly context?: Context;
}

/** What tables of needs must know besides the request. */
export interface Surroundings {
  readonly place: Place;
  /** Name of the attribute that a table, or an index of it, is partitioned by, if it is known. */
  readonly partitionKeyOf: (table: string, index: string | undefined) => string | undefined;
}

export type NeedsOf = (input: Input, around: Surroundings) => readonly Need[];

/** Needs by the names of a service's operations. */
export type NeedsTable = Readonly<Record<string, NeedsOf>>;

/** Returns the needs of operations that know no resources. */
export function onEverything(service: string, ...operations: string[]): NeedsTable {
  return Object.fromEntries(
    operations.map((name) => [name, () => [{ action: `${service}:${name}`, resources: ['*'] }]]),
  );
}

/** Returns the needs of operations on the one resource that their input names. */
export function onResource(
  service: string,
  resourceOf: (input: Input, around: Surroundings) => string,
  ...operations: string[]
): NeedsTable {
  return Object.fromEntries(
    operations.map((name) => [
      name,
      (input, around) => [{ action: `${service}:${name}`, resources: [resourceOf(input, around)] }],
    ]),
  );
}

/** Returns a member of the input as text; empty where it is missing, which no policy allows. */
export function textOf(input: Input, member: string): string {
  const value = input[member];
  return typeof value === 'string' ? value : '';
}
