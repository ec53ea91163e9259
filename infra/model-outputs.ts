/** What people and the command line must know about a model's resources. */
import { Construct } from 'constructs';
import { JOB_KINDS } from './jobs.ts';
import type { Model } from './model.ts';
import { pascalCase } from './names.ts';
import { output } from './output.ts';

export class ModelOutputs extends Construct {
  constructor(scope: Construct, id: string, { serving, jobs, pipeline }: Model, name: string) {
    super(scope, id);
    const prefix = pascalCase(name);
    const add = (what: string, value: string | undefined, description: string): void => {
      if (value !== undefined) output(this, `${prefix}${what}`, value, description);
    };
    const { online, events, predictions, consumer } = serving;
    add('Url', online?.url.url, `${name} over HTTP`);
    add('PredictFunction', online?.predict.function.functionName, `Predicts for callers`);
    add('TokenSecret', online?.token?.secretArn, `What callers of ${name} must send`);
    add('EventsStream', events?.stream.streamName, `Put events of ${name} here`);
    add('PredictionsStream', predictions?.stream.streamName, `Predictions of ${name}`);
    add('ConsumeFunction', consumer?.alias.functionArn, `Predicts for events`);
    add('FailuresQueueUrl', consumer?.failures.queueUrl, `Batches of events that were given up`);
    add('PipelineFunction', pipeline.pipeline.function.functionName, `Starts jobs of ${name}`);
    for (const kind of JOB_KINDS) {
      const what = `${pascalCase(kind)}JobDefinition`;
      add(what, jobs[kind].definition.jobDefinitionName, `Job definition: ${kind} ${name}`);
    }
  }
}
