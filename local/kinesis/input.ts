/** Checks what clients send, and says what is wrong with it as Kinesis does. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import type { Input } from '../wire/operations.ts';

const NAME = /^[a-zA-Z0-9_.-]+$/;

export const name = z.string().min(1).max(128).regex(NAME);
export const hashKey = z.string().regex(/^(0|([1-9]\d{0,38}))$/);
export const sequenceNumber = z.string().regex(/^(0|([1-9]\d{0,128}))$/);

/** What every operation on a stream names it by. */
export const Named = z.object({ StreamName: name.nullish(), StreamARN: z.string().nullish() });

const MOST_DATA_BYTES = 2 ** 20;
const BASE_64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Data of a record: base64 in JSON, bytes in CBOR. It is kept as base64. */
export const data = z
  .union([
    z.string(),
    z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('base64')),
  ])
  .refine((text) => text.length % 4 === 0 && BASE_64.test(text), { error: 'Member must be base64' })
  .refine((text) => Buffer.byteLength(text, 'base64') <= MOST_DATA_BYTES, {
    error: `Member must have length less than or equal to ${MOST_DATA_BYTES}`,
  });

/** AWS reports no more than that. */
const MOST_PROBLEMS = 10;

/**
 * Returns the input as the schema describes it.
 *
 * @throws {AwsError} ValidationException, naming each member that is wrong; SerializationException
 *   for a member of another type
 */
export function read<T>(schema: z.ZodType<T>, input: Input): T {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const mistaken = issues.find(isOfWrongType);
  if (mistaken !== undefined) {
    throw new AwsError(
      'SerializationException',
      `${pathOf(mistaken)}: ${mistaken.message.replace('Invalid input: ', '')}`,
    );
  }
  const told = issues.slice(0, MOST_PROBLEMS).map(describe);
  const errors = told.length === 1 ? 'error' : 'errors';
  throw new AwsError(
    'ValidationException',
    `${told.length} validation ${errors} detected: ${told.join('; ')}`,
  );
}

function isOfWrongType({ code, input }: z.core.$ZodIssue): boolean {
  const isType = code === 'invalid_type' || code === 'invalid_union';
  return isType && input !== undefined && input !== null;
}

function describe(issue: z.core.$ZodIssue): string {
  return `Value ${valueOf(issue)} at '${pathOf(issue)}' failed to satisfy constraint: ${constraintOf(issue)}`;
}

/** Members begin with a small letter there, and places in lists are counted from 1. */
function pathOf({ path }: z.core.$ZodIssue): string {
  return path
    .map((part) =>
      typeof part === 'number'
        ? `${part + 1}.member`
        : String(part).charAt(0).toLowerCase() + String(part).slice(1),
    )
    .join('.');
}

function valueOf({ input }: z.core.$ZodIssue): string {
  if (input === undefined || input === null) return 'null';
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return `'${text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}...` : text}'`;
}

/** A record's data need not be sent back whole. */
const MOST_VALUE = 200;

function constraintOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') {
    return `Member must have ${measureOf(issue)} greater than or equal to ${issue.minimum}`;
  }
  if (issue.code === 'too_big') {
    return `Member must have ${measureOf(issue)} less than or equal to ${issue.maximum}`;
  }
  if (issue.code === 'invalid_format') {
    return `Member must satisfy regular expression pattern: ${patternOf(issue)}`;
  }
  if (issue.code === 'invalid_value') {
    return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
  }
  return issue.code === 'custom' ? issue.message : 'Member must not be null';
}

function measureOf({ origin }: { readonly origin: string }): 'value' | 'length' {
  return origin === 'number' || origin === 'int' ? 'value' : 'length';
}

function patternOf({ pattern = '' }: { readonly pattern?: string | undefined }): string {
  return pattern.replace(/^\/\^|\$\/$/g, '');
}
