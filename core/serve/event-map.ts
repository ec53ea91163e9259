/** Where the events of a model keep what is asked of them. */
import type { ModelDefinition } from '../model/definition.ts';
import type { EventMapping } from '../model/stream.ts';
import { parseMoment } from './moment.ts';
import { isPlainObject } from './problems.ts';

export interface EventMap {
  /** JSON pointers, for problems. */
  readonly features: string;
  readonly id: string;
  readonly entity: string;
  readonly time: string;
  readonly expectedTime: string;
  /** Names of values that stand among the features and are none. */
  readonly beside: ReadonlySet<string>;
  featuresIn(content: unknown): unknown;
  /** Undefined where there is none, or null. */
  idIn(content: unknown, around?: Around): unknown;
  entityIn(content: unknown, around?: Around): unknown;
  timeIn(content: unknown, around?: Around): unknown;
  /** Milliseconds since 1970; NaN if it is no moment. */
  momentOf(time: unknown): number;
  /** Value of the declared entity feature. */
  declaredEntityOf(features: Readonly<Record<string, unknown>>): string | undefined;
}

/** The CloudEvent that content came in. */
export type Around = Readonly<Record<string, unknown>>;

type Name = 'id' | 'entity' | 'time';

export function eventMap({
  features: declared,
  serving,
}: Pick<ModelDefinition, 'features' | 'serving'>): EventMap {
  const mapping: EventMapping = serving.stream?.event ?? {};
  const root = mapping.features ?? '';
  const pointers = { id: pointerTo('id'), entity: pointerTo('entity'), time: pointerTo('time') };

  /** A feature of that name, where features lie at the root, is no id, unless it is declared so. */
  function pointerTo(name: Name): string | undefined {
    const isFeature = root === '' && Object.hasOwn(declared, name);
    return mapping[name] ?? (isFeature ? undefined : `/${name}`);
  }

  /** What is declared counts first; what is not, in the CloudEvent, which has names of its own for it. */
  function readerFor(name: Name): (content: unknown, around?: Around) => unknown {
    const read = pointers[name] === `/${name}` ? USUAL[name] : readerOf(pointers[name]);
    if (mapping[name] !== undefined)
      return (content, around) => read(content) ?? around?.[name] ?? undefined;
    return (content, around) => around?.[name] ?? read(content) ?? undefined;
  }

  const inSeconds = mapping.timeUnit === 'seconds';
  const { entity: entityFeature } = serving;
  return {
    features: root,
    id: pointers.id ?? '/id',
    entity: pointers.entity ?? '/entity',
    time: pointers.time ?? '/time',
    expectedTime: `ISO 8601 text, or ${mapping.timeUnit ?? 'milliseconds'} since 1970`,
    beside: namesBeside(Object.values(pointers), root, declared),
    featuresIn: readerOf(root),
    idIn: readerFor('id'),
    entityIn: readerFor('entity'),
    timeIn: readerFor('time'),
    momentOf: (time) => {
      if (typeof time === 'string') return parseMoment(time);
      return typeof time === 'number' ? Math.trunc(inSeconds ? time * 1000 : time) : NaN;
    },
    declaredEntityOf: (features) => {
      const value = entityFeature === undefined ? undefined : features[entityFeature];
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}

/** Names written out are looked up ten times sooner than others, and every event is asked. */
const USUAL: Readonly<Record<Name, (content: unknown) => unknown>> = {
  id: (content) => (isPlainObject(content) ? content['id'] : undefined),
  entity: (content) => (isPlainObject(content) ? content['entity'] : undefined),
  time: (content) => (isPlainObject(content) ? content['time'] : undefined),
};

function namesBeside(
  pointers: readonly (string | undefined)[],
  root: string,
  features: ModelDefinition['features'],
): ReadonlySet<string> {
  const names = pointers
    .filter((pointer) => pointer?.startsWith(`${root}/`) === true)
    .map((pointer) => partsOf(pointer!.slice(root.length))[0]!);
  return new Set(names.filter((name) => !Object.hasOwn(features, name)));
}

/** RFC 6901, section 4. */
function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Reads what a pointer points at in objects; nothing without a pointer. */
function readerOf(pointer: string | undefined): (content: unknown) => unknown {
  if (pointer === undefined) return () => undefined;
  const parts = partsOf(pointer);
  return (content) => {
    let value = content;
    for (const part of parts) {
      if (!isPlainObject(value) || !Object.hasOwn(value, part)) return undefined;
      value = value[part];
    }
    return value;
  };
}
