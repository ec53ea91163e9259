/** Amazon CloudWatch on this machine: logs, metrics, alarms and dashboards. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import {
  arn,
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import type { AsyncFunctions, Logs, Metrics, Topics } from '../services.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { readAlarm, readCompositeAlarm } from './alarm.ts';
import { AlarmWatch } from './alarm-watch.ts';
import { alarmOperations } from './alarms-api.ts';
import { renderPage } from './dashboard-page.ts';
import { createDashboards } from './dashboards.ts';
import { parseEmbeddedMetrics } from './embedded-metrics.ts';
import { LogFiles } from './log-files.ts';
import { createLogsApi } from './logs-api.ts';
import { MetricStore } from './metric-store.ts';
import { metricOperations } from './metrics-api.ts';

export interface CloudWatchOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  /** Where alarms deliver. */
  readonly asyncFunctions: AsyncFunctions;
  readonly topics: Topics;
  /**
   * How soon alarms are evaluated when something is new, in seconds of the clock.
   *
   * @default 10
   */
  readonly evaluateEverySeconds?: number;
}

export interface CloudWatch {
  /** Signed for as 'monitoring'. */
  readonly service: Service;
  /** Signed for as 'logs'. */
  readonly logsService: Service;
  readonly hosts: readonly ResourceHost[];
  readonly metrics: Metrics;
  readonly logs: Logs;
  /** Begins to evaluate alarms; called once the template is hosted. */
  start(): void;
  /** Evaluates every alarm once, now. */
  evaluateAlarms(): void;
  /** One page of HTML: alarms with their states, and the stack's dashboards as small charts. */
  dashboardPage(): string;
  close(): Promise<void>;
}

export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { place, clock, asyncFunctions, topics, evaluateEverySeconds = 10 } = options;
  const folder = join(options.stateFolder, 'cloudwatch');
  const metrics = new MetricStore(folder, () => clock.now());
  const files = new LogFiles(join(options.stateFolder, 'logs'));
  const dashboards = createDashboards(place);
  const watch = new AlarmWatch({
    folder,
    place,
    clock,
    metrics,
    asyncFunctions,
    topics,
    evaluateEverySeconds,
  });

  return {
    service: createRpcService({
      signingName: 'monitoring',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      operations: {
        ...metricOperations(metrics, clock),
        ...alarmOperations(watch),
        ...dashboards.operations,
      },
    }),
    logsService: createLogsApi(files, place),
    hosts: [...alarmHosts(watch, place), dashboards.host, logGroupHost(place)],
    metrics,
    logs: {
      write(group, stream, message, at) {
        files.append(group, stream, { at: at.getTime(), message });
        for (const measurement of parseEmbeddedMetrics(message)) metrics.put(measurement);
      },
    },
    start: () => watch.start(),
    evaluateAlarms: () => watch.evaluateAll(),
    dashboardPage: () =>
      renderPage({
        alarms: watch.alarms().map((alarm) => ({ alarm, record: watch.stateOf(alarm.name) })),
        charts: dashboards.charts(),
        metrics,
        now: clock.now(),
      }),
    async close() {
      await watch.close();
      metrics.close();
    },
  };
}

function alarmHosts(watch: AlarmWatch, place: Place): ResourceHost[] {
  const hosting = (read: typeof readAlarm | typeof readCompositeAlarm) =>
    async function create(resource: Resource): Promise<PhysicalResource> {
      const { AlarmName: name = resource.defaultName } = z
        .object({ AlarmName: z.string().optional() })
        .parse(resource.properties);
      const alarmArn = arn(place, 'cloudwatch', `alarm:${name}`);
      watch.add(read(name, alarmArn, resource.properties));
      return { ref: name, attributes: { Arn: alarmArn } };
    };
  return [
    { types: ['AWS::CloudWatch::Alarm'], create: hosting(readAlarm) },
    { types: ['AWS::CloudWatch::CompositeAlarm'], create: hosting(readCompositeAlarm) },
  ];
}

/** A log group is there once something is written to it; its retention has no meaning here. */
function logGroupHost(place: Place): ResourceHost {
  return {
    types: ['AWS::Logs::LogGroup'],
    async create(resource) {
      const { LogGroupName: name = resource.defaultName } = z
        .object({ LogGroupName: z.string().optional() })
        .parse(resource.properties);
      return { ref: name, attributes: { Arn: arn(place, 'logs', `log-group:${name}:*`) } };
    },
  };
}
