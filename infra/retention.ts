/** How long the bucket keeps what a model wrote down about single predictions. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { layout } from '../core/model/layout.ts';
import type { OfModel } from './model-function.ts';

export interface RetentionProps extends OfModel {
  readonly retention: ModelDefinition['retention'];
}

export class Retention extends Construct {
  constructor(scope: Construct, id: string, { platform, model, retention }: RetentionProps) {
    super(scope, id);
    const { recordsDays, quarantineDays } = retention;
    const rules = [
      { what: 'predictions', prefix: layout.predictions(model), days: recordsDays },
      { what: 'labels', prefix: layout.labels(model), days: recordsDays },
      { what: 'unsent', prefix: layout.unsent(model), days: recordsDays },
      { what: 'quarantine', prefix: layout.quarantine(model), days: quarantineDays },
    ];
    for (const { what, prefix, days } of rules) {
      platform.bucket.addLifecycleRule({
        id: `${model}-${what}`,
        prefix,
        expiration: Duration.days(days),
      });
    }
  }
}
