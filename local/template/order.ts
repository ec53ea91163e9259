/** In which order resources can be made. */
import { TemplateError } from './errors.ts';
import { references } from './intrinsics.ts';
import type { TemplateResource } from './template.ts';

/**
 * Returns the logical ids with every resource after those it refers to or depends on,
 * otherwise as the template lists them.
 *
 * @throws {TemplateError} if resources wait for each other in a circle
 */
export function creationOrder(resources: Readonly<Record<string, TemplateResource>>): string[] {
  const order: string[] = [];
  const done = new Set<string>();

  const visit = (logicalId: string, path: readonly string[]): void => {
    if (done.has(logicalId)) return;
    const start = path.indexOf(logicalId);
    if (start >= 0) {
      const circle = [...path.slice(start), logicalId].join(' -> ');
      throw new TemplateError(`resources wait for each other: ${circle}; break the circle`);
    }
    const resource = resources[logicalId];
    if (resource === undefined) return;
    for (const needed of dependencies(resource)) visit(needed, [...path, logicalId]);
    done.add(logicalId);
    order.push(logicalId);
  };

  for (const logicalId of Object.keys(resources)) visit(logicalId, []);
  return order;
}

function dependencies(resource: TemplateResource): string[] {
  return [...references(resource.Properties), ...[resource.DependsOn ?? []].flat()];
}
