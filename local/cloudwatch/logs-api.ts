/** The API of CloudWatch Logs, as far as reading needs it. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { number, parseInput } from '../wire/input.ts';
import type { Input, Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { arn, type Place } from '../resource.ts';
import type { LogEvent, LogFiles } from './log-files.ts';

const Group = z.object({
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
  logGroupNamePrefix: z.string().default(''),
  logStreamNamePrefix: z.string().default(''),
});
const Events = Group.extend({
  logStreamName: z.string().optional(),
  logStreamNames: z.array(z.string()).optional(),
  startTime: number.default(0),
  endTime: number.default(Number.MAX_SAFE_INTEGER),
  filterPattern: z.string().default(''),
  limit: number.default(10_000),
  nextToken: z.string().optional(),
  startFromHead: z.boolean().default(false),
});
type EventsRequest = z.output<typeof Events>;

type StreamEvent = LogEvent & { readonly stream: string; readonly eventId: string };

/** Builds the service that clients sign for as 'logs'. */
export function createLogsApi(files: LogFiles, place: Place): Service {
  return createRpcService({
    signingName: 'logs',
    operations: {
      async DescribeLogGroups(input) {
        const { logGroupNamePrefix } = parseInput(Group, input, 'InvalidParameterException');
        const names = files.groups().filter((name) => name.startsWith(logGroupNamePrefix));
        return { logGroups: names.map((name) => describeGroup(place, name)) };
      },
      async DescribeLogStreams(input) {
        const request = parseInput(Group, input, 'InvalidParameterException');
        const group = existing(files, request);
        const names = files
          .streams(group)
          .filter((name) => name.startsWith(request.logStreamNamePrefix));
        return { logStreams: names.map((name) => describeStream(files, place, group, name)) };
      },
      GetLogEvents: async (input) => getEvents(files, input),
      FilterLogEvents: async (input) => filterEvents(files, input),
    },
  });
}

function describeGroup(place: Place, name: string): Output {
  const groupArn = arn(place, 'logs', `log-group:${name}`);
  return {
    logGroupName: name,
    arn: `${groupArn}:*`,
    logGroupArn: groupArn,
    creationTime: 0,
    metricFilterCount: 0,
    storedBytes: 0,
  };
}

function describeStream(files: LogFiles, place: Place, group: string, name: string): Output {
  const events = files.read(group, name);
  return {
    logStreamName: name,
    arn: arn(place, 'logs', `log-group:${group}:log-stream:${name}`),
    creationTime: events[0]?.at ?? 0,
    firstEventTimestamp: events[0]?.at,
    lastEventTimestamp: events.at(-1)?.at,
    lastIngestionTime: events.at(-1)?.at,
    storedBytes: 0,
  };
}

function existing(files: LogFiles, request: z.output<typeof Group>): string {
  const identifier = request.logGroupIdentifier?.split(':log-group:').pop()?.replace(/:\*$/, '');
  const group = request.logGroupName ?? identifier ?? '';
  if (!files.groups().includes(group)) {
    const known = files.groups().join(', ') || 'none yet';
    throw new AwsError(
      'ResourceNotFoundException',
      `The specified log group does not exist: '${group}'; there are: ${known}`,
    );
  }
  return group;
}

/** Pages are places in the list of the stream's events: `f/<next>` forward, `b/<before>` backward. */
function getEvents(files: LogFiles, input: Input): Output {
  const request = parseInput(Events, input, 'InvalidParameterException');
  const group = existing(files, request);
  const events = eventsOf(files, group, [request.logStreamName ?? ''], request);
  const [direction, place] = (request.nextToken ?? '').split('/');
  let start = request.startFromHead ? 0 : Math.max(0, events.length - request.limit);
  if (direction === 'f') start = Number(place);
  if (direction === 'b') start = Math.max(0, Number(place) - request.limit);
  const end = direction === 'b' ? Number(place) : start + request.limit;
  const page = events.slice(start, end);
  return {
    events: page.map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
    nextForwardToken: `f/${start + page.length}`,
    nextBackwardToken: `b/${start}`,
  };
}

function filterEvents(files: LogFiles, input: Input): Output {
  const request = parseInput(Events, input, 'InvalidParameterException');
  const group = existing(files, request);
  const streams =
    request.logStreamNames ??
    files.streams(group).filter((name) => name.startsWith(request.logStreamNamePrefix));
  const events = eventsOf(files, group, streams, request).toSorted((a, b) => a.at - b.at);
  const start = Number(request.nextToken ?? 0);
  const end = start + request.limit;
  return {
    events: events.slice(start, end).map(({ stream, at, message, eventId }) => ({
      logStreamName: stream,
      timestamp: at,
      message,
      ingestionTime: at,
      eventId,
    })),
    searchedLogStreams: [],
    nextToken: end < events.length ? String(end) : undefined,
  };
}

function eventsOf(
  files: LogFiles,
  group: string,
  streams: readonly string[],
  { startTime, endTime, filterPattern }: EventsRequest,
): StreamEvent[] {
  const matches = textFilter(filterPattern);
  return streams.flatMap((stream) =>
    files
      .read(group, stream)
      .map(({ at, message }, index) => ({ at, message, stream, eventId: `${stream}/${index}` }))
      .filter(({ at, message }) => at >= startTime && at <= endTime && matches(message)),
  );
}

/** Filter patterns of words: all must be in the message, `-word` must not, `?a ?b` one of them. */
function textFilter(pattern: string): (message: string) => boolean {
  const terms = pattern.match(/[-?]?"[^"]*"|\S+/g) ?? [];
  const optional = terms.filter((term) => term.startsWith('?'));
  const required = terms.filter((term) => !term.startsWith('?'));
  return (message) =>
    required.every((term) => message.includes(wordOf(term)) !== term.startsWith('-')) &&
    (optional.length === 0 || optional.some((term) => message.includes(wordOf(term))));
}

function wordOf(term: string): string {
  return term.replaceAll(/^[-?]|"/g, '');
}
