/** Findings of cdk-nag that are meant to be so, each with its reason. */
import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a finding on a construct and all below it; `reason` says why it is right here. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Accepts that a role may touch everything that starts with a resource's ARN and `suffix`. */
export function acknowledgeWildcard(
  scope: IConstruct,
  resource: IConstruct,
  suffix: string,
  reason: string,
): void {
  const element = resource.node.defaultChild;
  if (!CfnElement.isCfnElement(element)) {
    throw new Error(`${resource.node.path} is no resource of this stack; name it in full`);
  }
  const arn = `<${Stack.of(resource).getLogicalId(element)}.Arn>`;
  acknowledge(scope, `IAM5[Resource::${arn}${suffix}]`, reason);
}
