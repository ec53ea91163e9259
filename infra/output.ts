/** Stack outputs under names that people and the command line know beforehand. */
import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Adds an output whose key is exactly `key`, wherever in the tree it is made. */
export function output(scope: Construct, key: string, value: string, description: string): void {
  new CfnOutput(scope, `${key}Output`, { value, description }).overrideLogicalId(key);
}
