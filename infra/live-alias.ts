/** The name under which a function is called, which a deployment moves to the new code. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ModelFunction } from './model-function.ts';

export const LIVE = 'live';

/**
 * URLs and streams call the alias and never the newest code, so that a deployment can give the new
 * version a tenth of the calls, and take them back.
 */
export class LiveAlias extends Construct {
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { function: served, platform }: ModelFunction) {
    super(scope, id);
    const { currentVersion } = served;
    // Where data is kept, so is old code: the alias can be pointed back without a deployment.
    if (platform.stage.keepsData) currentVersion.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.alias = new Alias(this, 'Alias', { aliasName: LIVE, version: currentVersion });
  }
}
