/** Starts pipelines: for schedules, for people, and for alarms that ask for a new model. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { dynamoFacts } from '../core/aws/dynamodb-facts.ts';
import { batchQueue } from '../core/aws/jobs.ts';
import { requireEnv } from '../core/env.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { type CaughtUp, startScheduled } from '../core/pipeline/catch-up.ts';
import { lateInput, parseReadyCheck, type ReadyCheck } from '../core/pipeline/ready-check.ts';
import { type LostJob, noteLostJob, parseLostJob } from '../core/pipeline/lost-job.ts';
import { noteAlarm } from '../core/loop/alarms.ts';
import { askAgain } from '../core/pipeline/ask-again.ts';
import { answerToAlarm } from '../core/pipeline/answer-to-alarm.ts';
import { parseAlarm, parseRequest } from '../core/pipeline/request.ts';
import type { PipelineStack } from '../core/pipeline/start.ts';
import { loadModel } from '../models/index.ts';
import { functionTelemetry } from './telemetry.ts';

export type PipelineHandler = (
  event: unknown,
  context: Context,
) => Promise<CaughtUp | { readonly skipped: string } | { readonly late: string | undefined }>;

/** Builds the handler around what it starts pipelines with: Batch and the table, or fakes. */
export function createHandler(
  model: () => Promise<ModelDefinition>,
  stack: PipelineStack,
): PipelineHandler {
  const logger = new Logger({ serviceName: 'pipeline' });
  return async (event, context) => {
    logger.addContext(context);
    const check = parseReadyCheck(event);
    if (check) return lookForScored(stack, await model(), check);
    const lost = parseLostJob(event);
    if (lost) {
      const skipped = await noteLost(stack, await model(), lost);
      logger.info('job lost', { ...lost, noted: skipped });
      return { skipped };
    }
    const alarm = parseAlarm(event);
    const definition = await model();
    if (alarm) await noteAlarm(stack.facts, definition.name, alarm);
    if (alarm?.isRinging === false) return { skipped: 'the alarm is not ringing' };
    const request = alarm
      ? await answerToAlarm(stack.facts, definition.name, alarm)
      : parseRequest(event);
    if (request === undefined) return { skipped: 'no version is being rolled out' };
    const answer = await startScheduled(stack, definition, request);
    if (request.pipeline === 'monitor' && request.trigger === 'schedule') {
      const again = await askAgain(stack, definition, request.asOf);
      if (again) logger.info('pipeline started for an alarm that still rings', { ...again });
    }
    const { pipeline, trigger, asOf } = request;
    logger.info(answer.skipped === undefined ? 'pipeline started' : 'pipeline held back', {
      pipeline,
      trigger,
      asOf: asOf.toISOString(),
      ...answer,
    });
    return answer;
  };
}

type Named = Pick<ModelDefinition, 'name'>;

async function lookForScored({ facts }: PipelineStack, { name }: Named, check: ReadyCheck) {
  const late = await lateInput(facts, name, check);
  const telemetry = functionTelemetry('pipeline', name);
  telemetry.count('LateOutputs', late === undefined ? 0 : 1);
  telemetry.publish(check.asOf);
  return { late };
}

async function noteLost({ facts }: PipelineStack, { name }: Named, lost: LostJob): Promise<string> {
  const { noted, failed } = await noteLostJob(facts, name, lost);
  if (failed !== undefined) {
    // What a job says when it fails, and this one could not any more. A rebuild is training, too.
    const telemetry = functionTelemetry(failed === 'rebuild' ? 'train' : failed, name);
    telemetry.count('FailedJobs', 1);
    telemetry.publish(lost.at);
  }
  return noted;
}

let configured: PipelineHandler | undefined;

export const handler: PipelineHandler = (event, context) => {
  configured ??= createHandler(() => loadModel(requireEnv('MODEL')), {
    facts: dynamoFacts(requireEnv('TABLE')),
    queue: batchQueue(requireEnv('JOB_QUEUE')),
    definitions: {
      train: requireEnv('TRAIN_JOB'),
      score: requireEnv('SCORE_JOB'),
      monitor: requireEnv('MONITOR_JOB'),
    },
  });
  return configured(event, context);
};
