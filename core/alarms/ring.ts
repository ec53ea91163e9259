/** What CloudWatch calls a function with when an alarm changes its state. */
import * as z from 'zod';

// Written with an offset of '+0000', which ISO 8601 allows in its basic form only.
const Moment = z
  .string()
  .transform((text) => new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')))
  .refine((at) => !Number.isNaN(at.getTime()), 'is no time');

const Ring = z.object({
  source: z.literal('aws.cloudwatch'),
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string(), reason: z.string().default(''), timestamp: Moment }),
    configuration: z.object({
      description: z.string().default(''),
      /** Of an alarm that stands for others. */
      alarmRule: z.string().optional(),
    }),
  }),
});

export interface Ring {
  readonly alarm: string;
  readonly at: Date;
  readonly reason: string;
  readonly description: string;
  /** Alarms that this one stands for; empty if it stands for itself. */
  readonly over: readonly string[];
}

/** @throws {Error} if the event is no change of an alarm, saying what is wrong */
export function parseRing(event: unknown): Ring {
  const parsed = Ring.safeParse(event);
  if (!parsed.success) {
    throw new Error(`event is no change of an alarm:\n${z.prettifyError(parsed.error)}`);
  }
  const { alarmName, state, configuration } = parsed.data.alarmData;
  return {
    alarm: alarmName,
    at: state.timestamp,
    reason: state.reason,
    description: configuration.description,
    over: alarmsIn(configuration.alarmRule ?? ''),
  };
}

/** Names in a rule such as `ALARM("arn:aws:cloudwatch:...:alarm:a") OR ALARM("b")`. */
function alarmsIn(rule: string): string[] {
  return [...rule.matchAll(/ALARM\(\s*"?([^")]+)"?\s*\)/g)].map(([, name = '']) =>
    name.trim().replace(/^.*:alarm:/, ''),
  );
}
