/** Whether the day before was scored by the hour at which somebody needs it. */
import * as z from 'zod';
import type { FactTable } from '../aws/facts.ts';
import { dayOf } from '../model/layout.ts';
import { isPublished } from '../score/published.ts';

const ReadyCheck = z.object({
  check: z.literal('scored'),
  asOf: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

export type ReadyCheck = z.output<typeof ReadyCheck>;

/** Returns what an event asks to be checked; undefined if it asks for something else. */
export function parseReadyCheck(event: unknown): ReadyCheck | undefined {
  return ReadyCheck.safeParse(event).data;
}

/** @returns the input that should have been published and was not */
export async function lateInput(
  facts: FactTable,
  model: string,
  { asOf }: Pick<ReadyCheck, 'asOf'>,
): Promise<string | undefined> {
  const input = `dt=${dayOf(new Date(asOf.getTime() - 86_400_000))}`;
  return (await isPublished(facts, model, input)) ? undefined : input;
}
