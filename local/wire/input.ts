/** Schemas for members that the protocols carry differently: 5 or '5', true or 'true', times. */
import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { Input } from './operations.ts';

/** A number, or the text of one as the query protocol has it. */
export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/)
    .transform(Number),
]);

/** A boolean, or 'true' or 'false' as the query protocol has it. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((it) => it === 'true'),
]);

/** A time: seconds since 1970 in JSON, a Date in CBOR, ISO 8601 in the query protocol. */
export const timestamp = z.union([
  z.date(),
  z.number().transform((seconds) => new Date(seconds * 1000)),
  z.iso.datetime({ offset: true, local: true }).transform((text) => new Date(text)),
]);

/** A list; the query protocol writes an empty one as an empty text. */
export function list<T extends z.ZodType>(item: T): z.ZodPreprocess<z.ZodArray<T>> {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item));
}

/**
 * Returns the input as the schema describes it.
 *
 * @param code the service's word for bad input
 * @throws {AwsError} `code` (400), naming each member that is wrong
 */
export function parseInput<T>(schema: z.ZodType<T>, input: Input, code = 'ValidationException'): T {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new AwsError(code, z.prettifyError(parsed.error));
  return parsed.data;
}
