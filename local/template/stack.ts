/** Gives every resource of a template its body on this machine. */
import { resolve as resolvePath } from 'node:path';
import * as z from 'zod';
import type { PhysicalResource, Place, ResourceHost } from '../resource.ts';
import type { CloudAssembly } from './cloud-assembly.ts';
import { defaultName } from './default-name.ts';
import { TemplateError, UnknownResourceTypesError } from './errors.ts';
import { isObject, resolve } from './intrinsics.ts';
import { creationOrder } from './order.ts';
import { createScope } from './scope.ts';
import type { TemplateScope } from './scope.ts';
import { constructPath } from './template.ts';
import type { Template, TemplateResource } from './template.ts';

interface StackResource extends PhysicalResource {
  readonly logicalId: string;
  readonly type: string;
}

interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly resources: readonly StackResource[];
  readonly outputs: readonly StackOutput[];
}

/**
 * Creates the resources of a stack, each after those it refers to, and resolves the outputs.
 *
 * @throws {UnknownResourceTypesError} before anything is created, if a type has no host
 * @throws {TemplateError} if a function in the template cannot be resolved or a resource not be made
 */
export async function createStack(
  assembly: CloudAssembly,
  hosts: readonly ResourceHost[],
  place: Place,
): Promise<Stack> {
  const scope = createScope(assembly.template, assembly.stackName, place);
  const resources = wantedResources(assembly, scope);
  const hostOf = new Map(hosts.flatMap((host) => host.types.map((type) => [type, host] as const)));
  refuseUnknown(resources, hostOf);

  const made: StackResource[] = [];
  for (const logicalId of creationOrder(resources)) {
    const resource = resources[logicalId];
    const host = hostOf.get(resource?.Type ?? '');
    if (resource === undefined || host === undefined) continue;
    const physical = await create(assembly, scope, logicalId, resource, host);
    scope.define(logicalId, physical);
    made.push({ logicalId, type: resource.Type, ...physical });
  }
  return {
    name: assembly.stackName,
    id: scope.stackId,
    resources: made,
    outputs: resolveOutputs(assembly, scope),
  };
}

function wantedResources(
  { template }: CloudAssembly,
  scope: TemplateScope,
): Record<string, TemplateResource> {
  return Object.fromEntries(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || scope.condition(Condition),
    ),
  );
}

function refuseUnknown(
  resources: Readonly<Record<string, TemplateResource>>,
  known: ReadonlyMap<string, ResourceHost>,
): void {
  const unknown = Object.entries(resources)
    .filter(([, { Type }]) => !known.has(Type))
    .map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      constructPath: constructPath(logicalId, resource),
    }));
  if (unknown.length > 0) throw new UnknownResourceTypesError(unknown);
}

async function create(
  { folder, stackName, madeAt }: CloudAssembly,
  scope: TemplateScope,
  logicalId: string,
  resource: TemplateResource,
  host: ResourceHost,
): Promise<PhysicalResource> {
  const asset = resource.Metadata['aws:asset:path'];
  const path = constructPath(logicalId, resource);
  try {
    const properties = resolve(resource.Properties, scope);
    return await host.create({
      logicalId,
      type: resource.Type,
      properties: isObject(properties) ? properties : {},
      defaultName: defaultName(stackName, logicalId, resource.Type),
      constructPath: path,
      madeAt: madeAt?.get(path) ?? [],
      ...(typeof asset === 'string' && { assetPath: resolvePath(folder, asset) }),
    });
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new TemplateError(`${resource.Type} ${logicalId} (${path}): ${reason}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function resolveOutputs({ template }: CloudAssembly, scope: TemplateScope): StackOutput[] {
  return Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([key, output]) => resolveOutput(key, output, scope));
}

function resolveOutput(
  key: string,
  { Value, Description, Export }: Template['Outputs'][string],
  scope: TemplateScope,
): StackOutput {
  return {
    key,
    value: String(resolve(Value, scope)),
    ...(Description !== undefined && { description: Description }),
    ...(Export !== undefined && { exportName: String(resolve(Export.Name, scope)) }),
  };
}
