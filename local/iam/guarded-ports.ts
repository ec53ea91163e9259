/** Services call each other as on AWS: with a role, or because a resource's policy lets them. */
import type { EventStream } from '../event-source/stream.ts';
import { arn, type Place } from '../resource.ts';
import type { AsyncFunctions, Logs, Queues, Topics } from '../services.ts';
import type { Access } from './access.ts';
import type { Principal } from './principal.ts';

export interface Ports {
  readonly asyncFunctions: AsyncFunctions;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly logs: Logs;
}

/** Puts the gate before what services ask of each other. */
export function guardPorts(
  { asyncFunctions, queues, topics, logs }: Ports,
  access: Access,
  place: Place,
): Ports {
  const mayLog = createLogGate(access, place);
  return {
    asyncFunctions: {
      accept(nameOrArn, payload, actor) {
        const resource = nameOrArn.startsWith('arn:')
          ? nameOrArn
          : arn(place, 'lambda', `function:${nameOrArn}`);
        access.require(actor, 'lambda', { action: 'lambda:InvokeFunction', resources: [resource] });
        asyncFunctions.accept(nameOrArn, payload, actor);
      },
    },
    queues: {
      async send(queueArn, body, actor) {
        access.require(actor, 'sqs', { action: 'sqs:SendMessage', resources: [queueArn] });
        await queues.send(queueArn, body, actor);
      },
    },
    topics: {
      async publish(topicArn, subject, message, actor) {
        access.require(actor, 'sns', { action: 'sns:Publish', resources: [topicArn] });
        await topics.publish(topicArn, subject, message, actor);
      },
    },
    logs: {
      write(group, stream, line, at, actor) {
        if (mayLog(actor, group)) logs.write(group, stream, line, at, actor);
      },
    },
  };
}

/** Nobody hears of lines that may not be logged, as on AWS; only the first of them is told. */
function createLogGate(access: Access, place: Place) {
  const known = new Map<string, boolean>();
  return (actor: Principal, group: string): boolean => {
    const key = actor.kind === 'role' ? `${actor.roleArn} ${group}` : group;
    const before = known.get(key);
    if (before !== undefined) return before;
    const may = mayWriteLogs(access, actor, arn(place, 'logs', `log-group:${group}`));
    known.set(key, may);
    return may;
  };
}

function mayWriteLogs(access: Access, actor: Principal, groupArn: string): boolean {
  const resources = [`${groupArn}:log-stream:any`];
  try {
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      access.require(actor, 'logs', { action, resources });
    }
    return true;
  } catch {
    return false;
  }
}

/** A mapping reads its stream with the role of its function. */
export function guardStream(stream: EventStream, access: Access, actor: Principal): EventStream {
  const require = (streamArn: string, ...actions: readonly string[]): void => {
    for (const action of actions) {
      access.require(actor, 'kinesis', { action: `kinesis:${action}`, resources: [streamArn] });
    }
  };
  return {
    ...stream,
    async shards(streamArn) {
      require(streamArn, 'DescribeStream', 'DescribeStreamSummary', 'ListShards');
      return stream.shards(streamArn);
    },
    async read(streamArn, ...position) {
      require(streamArn, 'GetShardIterator', 'GetRecords');
      return stream.read(streamArn, ...position);
    },
  };
}
