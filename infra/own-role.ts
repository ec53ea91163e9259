/** A role with its policy inside. */
import {
  type AddToPrincipalPolicyResult,
  PolicyDocument,
  type PolicyStatement,
  Role,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * CDK makes a policy beside each role, a resource of its own. Inside the role it counts as none of
 * the 500 that a stack may have, and nobody can take the role on before the policy is there.
 */
export class OwnRole extends Role {
  readonly #policy: PolicyDocument;

  constructor(scope: Construct, id: string, props: Omit<RoleProps, 'inlinePolicies'>) {
    const policy = new PolicyDocument();
    super(scope, id, { ...props, inlinePolicies: { Own: policy } });
    this.#policy = policy;
  }

  /** Takes what CDK's grants give as well. */
  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.#policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
