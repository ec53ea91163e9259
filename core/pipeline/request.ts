/** What the pipeline function is asked for: by a schedule, a person, an alarm or an upload. */
import * as z from 'zod';
import type { AlarmChange } from '../loop/alarms.ts';
import { checkOptions } from './options.ts';

export interface PipelineRequest {
  readonly pipeline: 'train' | 'score' | 'monitor' | 'rebuild';
  readonly asOf: Date;
  /** Who or what asks: 'schedule', 'manual', 'alarm', 'upload'. */
  readonly trigger: string;
  /** Why, in words, where the trigger does not say it. */
  readonly reason?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The event is neither a request for a pipeline nor an alarm. Sending it again mends nothing. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';

  constructor(problems: string) {
    super(
      `event is no pipeline request:\n${problems}\nsend for example ` +
        '{"pipeline": "train", "asOf": "2001-05-01T00:00:00Z", "trigger": "manual"}',
    );
  }
}

const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const Request = z.object({
  pipeline: z.enum(['train', 'score', 'monitor', 'rebuild']),
  asOf: Moment,
  // Part of the run's id, which is part of keys and of job names.
  trigger: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, {
    error: "must be lower case letters, digits and hyphens; for example 'manual'",
  }),
  reason: z.string().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

/** What CloudWatch sends when an alarm's action is a Lambda function. */
const Alarm = z.object({
  source: z.literal('aws.cloudwatch'),
  // Written with an offset of '+0000', which ISO 8601 allows in its basic form only.
  time: z.string().transform((text, context) => {
    const at = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    if (!Number.isNaN(at.getTime())) return at;
    context.addIssue({ code: 'custom', message: `'${text}' is no time` });
    return z.NEVER;
  }),
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string(), reason: z.string().optional() }),
  }),
});

/** What S3 sends through EventBridge when an object was put. */
const Upload = z.object({
  source: z.literal('aws.s3'),
  time: Moment,
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

function parseUpload(event: unknown): PipelineRequest {
  const upload = Upload.safeParse(event);
  if (!upload.success) throw new InvalidRequestError(z.prettifyError(upload.error));
  const { time, detail } = upload.data;
  return {
    pipeline: 'train',
    asOf: time,
    trigger: 'upload',
    reason: `'${detail.object.key}' was uploaded`,
    options: {},
  };
}

/**
 * Reads what CloudWatch says of an alarm; undefined if an event is about something else.
 *
 * @throws {InvalidRequestError} saying which part is wrong
 */
export function parseAlarm(event: unknown): AlarmChange | undefined {
  if (!isFrom('aws.cloudwatch', event)) return undefined;
  const parsed = Alarm.safeParse(event);
  if (!parsed.success) throw new InvalidRequestError(z.prettifyError(parsed.error));
  const { time, alarmData } = parsed.data;
  const { value, reason = 'no reason given' } = alarmData.state;
  return { alarm: alarmData.alarmName, isRinging: value === 'ALARM', at: time, reason };
}

/** What an alarm that rings asks for. */
export function requestOfAlarm(
  { alarm, at, reason }: AlarmChange,
  pipeline: 'train' | 'monitor' = 'train',
): PipelineRequest {
  return {
    pipeline,
    asOf: at,
    trigger: 'alarm',
    reason: `${alarm}: ${reason}`,
    options: {},
  };
}

/**
 * Reads an event that is no alarm.
 *
 * @throws {InvalidRequestError} saying which part is wrong
 * @throws {InvalidOptionsError} if the pipeline has no such options
 */
export function parseRequest(event: unknown): PipelineRequest {
  if (isFrom('aws.s3', event)) return parseUpload(event);
  const request = Request.safeParse(event);
  if (!request.success) throw new InvalidRequestError(z.prettifyError(request.error));
  const { reason, ...rest } = request.data;
  checkOptions(rest.pipeline, rest.options);
  return reason === undefined ? rest : { ...rest, reason };
}

function isFrom(source: string, event: unknown): boolean {
  return (
    typeof event === 'object' && event !== null && 'source' in event && event.source === source
  );
}
