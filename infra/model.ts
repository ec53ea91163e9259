/** Everything that one model's declaration asks of AWS. */
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { JobSize } from '../core/model/definition.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { SMALL_JOB } from '../core/model/sizes.ts';
import { Archive } from './archive.ts';
import type { Bundles } from './bundle.ts';
import { JobAlarms } from './job-alarms.ts';
import type { JobCode } from './job-code.ts';
import { Dashboard } from './dashboard.ts';
import { FunctionAlarms } from './function-alarms.ts';
import { createJobRole, type JobKind, ModelJob, type ModelJobs } from './jobs.ts';
import { ServingAlarms } from './serving-alarms.ts';
import { ModelAlarms } from './model-alarms.ts';
import type { ModelFunction, OfModel } from './model-function.ts';
import { ModelOutputs } from './model-outputs.ts';
import { pascalCase } from './names.ts';
import { OnlineAlarms } from './online-alarms.ts';
import { OnlineEndpoint } from './online-endpoint.ts';
import { Pipeline } from './pipeline.ts';
import type { Platform } from './platform.ts';
import { Ring } from './ring.ts';
import { Retention } from './retention.ts';
import { Rollout, type Served } from './rollout.ts';
import { StreamConsumer } from './stream-consumer.ts';
import { ModelStream } from './streams.ts';

export interface ModelProps {
  readonly platform: Platform;
  readonly definition: ModelDefinition;
  readonly bundles: Bundles;
  readonly jobCode: JobCode;
}

/** The parts of a model that serve; each is there if it is declared. */
export interface ServingParts {
  readonly events?: ModelStream;
  readonly predictions?: ModelStream;
  readonly online?: OnlineEndpoint;
  readonly consumer?: StreamConsumer;
  readonly archive?: Archive;
}

export class Model extends Construct {
  readonly serving: ServingParts;
  readonly jobs: ModelJobs;
  readonly pipeline: Pipeline;

  constructor(scope: Construct, id: string, props: ModelProps) {
    super(scope, id);
    const { platform, definition, bundles } = props;
    const of: OfModel = { platform, model: definition.name };
    this.serving = this.createServing(of, props);
    this.jobs = this.createJobs(of, props);
    this.pipeline = new Pipeline(this, 'Pipeline', {
      ...of,
      code: bundles.pipeline,
      jobs: this.jobs,
      schedules: definition.schedules,
      triggers: definition.triggers,
      readyBy: definition.serving.batch?.readyBy,
    });
    new Retention(this, 'Retention', { ...of, retention: definition.retention });
    const alarms = this.createAlarms(of, definition);
    if (platform.stage.rollout === 'canary') {
      new Rollout(this, 'Rollout', { ...of, served: this.servedBy(alarms) });
    }
    new Dashboard(this, 'Dashboard', { ...of, definition, parts: this, alarms });
    new ModelOutputs(this, 'Outputs', this, definition.name);
  }

  /** Returns every alarm of the model, and makes those that call people for them. */
  private createAlarms(of: OfModel, definition: ModelDefinition): readonly Alarm[] {
    const { platform } = of;
    const { pipeline } = this.pipeline;
    const { online, consumer, archive } = this.serving;
    const functionAlarms = (watched: ModelFunction | undefined): readonly Alarm[] =>
      watched
        ? new FunctionAlarms(this, `${pascalCase(watched.purpose)}Alarms`, { ...of, watched }).all
        : [];
    const alarms = {
      serving: [
        ...[online?.predict, consumer?.consume, archive?.archive].flatMap(functionAlarms),
        ...this.onlineAlarms(of, definition),
        ...new ServingAlarms(this, 'ServingAlarms', { ...of, serving: this.serving }).all,
      ],
      quality: new ModelAlarms(this, 'ModelAlarms', {
        platform,
        definition,
        pipeline: this.pipeline.alarmAction,
      }).all,
      jobs: [
        ...functionAlarms(pipeline),
        ...new JobAlarms(this, 'JobAlarms', { platform, definition }).all,
      ],
    };
    for (const about of ['serving', 'quality', 'jobs'] as const) {
      // A model that only scores batches has nothing to serve.
      if (alarms[about].length > 0) {
        new Ring(this, `${pascalCase(about)}Ring`, { ...of, about, alarms: alarms[about] });
      }
    }
    return Object.values(alarms).flat();
  }

  private onlineAlarms(of: OfModel, { serving, rollout }: ModelDefinition): readonly Alarm[] {
    if (!serving.online) return [];
    const guard = rollout && {
      on: rollout.guardrails.alarms,
      action: this.pipeline.alarmAction,
    };
    return new OnlineAlarms(this, 'OnlineAlarms', { ...of, serving: serving.online, guard }).all;
  }

  /** What callers and streams are served by, and which alarms say that new code does it badly. */
  private servedBy(alarms: readonly Alarm[]): Served[] {
    const { online, consumer } = this.serving;
    const turningBack = (...whats: string[]): Alarm[] =>
      alarms.filter(({ node }) => whats.map(pascalCase).includes(node.id));
    return [
      ...(online
        ? [
            {
              by: online.predict,
              alias: online.alias,
              alarms: turningBack(
                'predict-errors',
                'predict-faults',
                'predict-model-load-failures',
              ),
            },
          ]
        : []),
      ...(consumer
        ? [
            {
              by: consumer.consume,
              alias: consumer.alias,
              alarms: turningBack('consume-errors', 'consume-model-load-failures'),
            },
          ]
        : []),
    ];
  }

  private createServing(of: OfModel, { definition, bundles }: ModelProps): ServingParts {
    const { online, stream } = definition.serving;
    // Batch scoring writes its predictions to S3 itself.
    if (!online && !stream) return {};
    const shards = stream?.shards ?? 1;
    const predictions = new ModelStream(this, 'Predictions', {
      ...of,
      purpose: 'predictions',
      shards,
    });
    const events = stream && new ModelStream(this, 'Events', { ...of, purpose: 'events', shards });
    const rolls = Object.keys(definition.rolling).length > 0;
    const out = { ...of, predictions: predictions.stream, rolls };
    return {
      predictions,
      archive: new Archive(this, 'Archive', { ...out, code: bundles.archive }),
      events,
      online:
        online &&
        new OnlineEndpoint(this, 'Online', { ...out, serving: online, code: bundles.predict }),
      consumer:
        events &&
        new StreamConsumer(this, 'Stream', {
          ...out,
          serving: stream,
          code: bundles.consume,
          events: events.stream,
        }),
    };
  }

  private createJobs(of: OfModel, { platform, definition, jobCode }: ModelProps): ModelJobs {
    const logGroup = new LogGroup(this, 'JobLog', {
      logGroupName: `/aws/batch/${platform.stackName}-${definition.name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: platform.stage.removal,
    });
    const rollsOut = definition.rollout !== undefined;
    const starter = `${platform.stackName}-${definition.name}, to start containers of its jobs`;
    const executionRole = createJobRole(this, 'ExecutionRole', starter);
    const job = (kind: JobKind, size: JobSize): ModelJob =>
      new ModelJob(this, `${pascalCase(kind)}Job`, {
        ...of,
        kind,
        size,
        rollsOut,
        code: jobCode,
        logGroup,
        executionRole,
      });
    return {
      train: job('train', definition.trainer.job),
      // People may score by hand what is not scored on schedule.
      score: job('score', definition.serving.batch?.job ?? SMALL_JOB),
      monitor: job('monitor', SMALL_JOB),
    };
  }
}
