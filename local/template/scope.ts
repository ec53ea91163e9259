/** Where the intrinsic functions of one stack find their answers. */
import { createHash } from 'node:crypto';
import { arn } from '../resource.ts';
import type { PhysicalResource, Place } from '../resource.ts';
import { TemplateError } from './errors.ts';
import { NO_VALUE, resolve } from './intrinsics.ts';
import type { Scope } from './intrinsics.ts';
import type { Template } from './template.ts';

export interface TemplateScope extends Scope {
  readonly stackId: string;
  /** Makes a created resource known to `Ref` and `Fn::GetAtt`. */
  define(logicalId: string, physical: PhysicalResource): void;
}

/** Creates the scope of a stack of which no resource exists yet. */
export function createScope(template: Template, stackName: string, place: Place): TemplateScope {
  const stackId = stackIdOf(stackName, place);
  const made = new Map<string, PhysicalResource>();
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': place.account,
    'AWS::NoValue': NO_VALUE,
    'AWS::NotificationARNs': [],
    'AWS::Partition': place.partition,
    'AWS::Region': place.region,
    'AWS::StackId': stackId,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  const scope: TemplateScope = {
    region: place.region,
    stackId,
    define: (logicalId, physical) => void made.set(logicalId, physical),
    ref(name) {
      const resource = made.get(name);
      if (resource !== undefined) return resource.ref;
      if (name in pseudo) return pseudo[name];
      return parameter(template, name);
    },
    attribute(logicalId, attribute) {
      const resource = made.get(logicalId);
      if (resource === undefined) throw missing('Fn::GetAtt', logicalId, template);
      const value = resource.attributes[attribute];
      if (value === undefined) {
        const known = Object.keys(resource.attributes).join(', ') || 'none';
        throw new TemplateError(
          `'${logicalId}' has no attribute '${attribute}' on the laptop (has: ${known}); ` +
            `add it to the host of ${template.Resources[logicalId]?.Type ?? 'its type'}`,
        );
      }
      return value;
    },
    condition(name) {
      if (!(name in template.Conditions)) throw missing('Condition', name, template);
      return resolve(template.Conditions[name], scope) === true;
    },
    mapping(name, topKey, secondKey) {
      const value = template.Mappings[name]?.[topKey]?.[secondKey];
      if (value !== undefined) return value;
      throw new TemplateError(`Fn::FindInMap finds nothing at ${name}.${topKey}.${secondKey}`);
    },
  };
  return scope;
}

/** Bootstrap version and lookup parameters come from SSM in AWS; their default is a parameter path. */
function parameter(template: Template, name: string): unknown {
  const declared = template.Parameters[name];
  if (declared === undefined) throw missing('Ref', name, template);
  if (declared.Default !== undefined) return declared.Default;
  throw new TemplateError(
    `parameter '${name}' has no default and the laptop is given none; give it one in infra/`,
  );
}

function missing(usedBy: string, name: string, template: Template): TemplateError {
  const skipped = name in template.Resources ? ' (its condition is false)' : '';
  return new TemplateError(
    `${usedBy} points at '${name}', which the stack does not have${skipped}`,
  );
}

function stackIdOf(stackName: string, place: Place): string {
  const hash = createHash('sha256').update(stackName).digest('hex');
  const uuid = [8, 12, 16, 20, 32]
    .map((end, index) => hash.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
  return arn(place, 'cloudformation', `stack/${stackName}/${uuid}`);
}
