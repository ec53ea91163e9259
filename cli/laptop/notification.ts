/** What a topic says, for a person at a terminal. */
import * as z from 'zod';

const AlarmChange = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.string(),
  NewStateReason: z.string(),
});

const MARK = '\n  ! ';
const LINE = '\n    ';

/** Returns a few lines: an alarm's name, state, meaning and reason, or the message as it is. */
export function notificationText(subject: string, message: string): string {
  const alarm = AlarmChange.safeParse(parsed(message)).data;
  if (!alarm) return `${MARK}${subject}${LINE}${message.replaceAll('\n', LINE)}\n`;
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason } = alarm;
  const lines = [AlarmDescription, NewStateReason].filter((line) => line);
  return `${MARK}${AlarmName} is in ${NewStateValue}${lines.map((line) => LINE + line).join('')}\n`;
}

/** Returns the lines of a call that the stack's policies do not allow, for a person at a terminal. */
export function refusalText(lines: string): string {
  return `${MARK}refused, as AWS would: ${lines.replaceAll('\n', LINE)}\n`;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
