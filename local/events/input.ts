/** What a target gets of an event: all of it, a part, a constant, or a template filled in. */
import type { Target } from './rule.ts';

type Event = Readonly<Record<string, unknown>>;

/**
 * Returns the JSON, or for a plain text template the text, that a target is called with.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputFor(target: Target, event: Event): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined)
    return JSON.stringify(valueAt(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap: paths, InputTemplate: template } = target.InputTransformer;
  return fillIn(template, event, paths);
}

/** A string stands bare between quotes, and as JSON where it stands alone as a value. */
function fillIn(template: string, event: Event, paths: Readonly<Record<string, string>>): string {
  let quoted = false;
  return template.replaceAll(/\\.|"|<([\w.-]+)>/g, (found: string, name?: string) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined) return found;
    const path = paths[name];
    const value = path === undefined ? predefined(name, event) : valueAt(event, path);
    if (value === undefined) return quoted ? '' : '""';
    const json = JSON.stringify(value);
    return quoted && typeof value === 'string' ? json.slice(1, -1) : quoted ? escape(json) : json;
  });
}

function escape(json: string): string {
  return JSON.stringify(json).slice(1, -1);
}

function predefined(name: string, event: Event): unknown {
  if (name === 'aws.events.event.json' || name === 'aws.events.event') return event;
  if (name === 'aws.events.event.ingestion-time') return event['time'];
  return undefined;
}

/** Follows a path such as `$.detail.jobs[0]["name"]`. */
function valueAt(event: Event, path: string): unknown {
  const steps = path.replace(/^\$/, '').matchAll(/\.?([\w-]+)|\[(\d+)\]|\["([^"]*)"\]/g);
  let value: unknown = event;
  for (const [, name, index, quotedName] of steps) {
    const step = name ?? quotedName ?? Number(index);
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map(Object.entries(value)).get(String(step));
  }
  return value;
}
