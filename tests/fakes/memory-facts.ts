/** A fact table in memory, which behaves as DynamoDB does. */
import type { Fact, FactKey, RemovableFacts } from '../../core/aws/facts.ts';

export interface MemoryFacts extends RemovableFacts {
  /** Every fact by place, for a test to look at or to spoil. */
  readonly facts: Map<string, Fact>;
}

export function memoryFacts(): MemoryFacts {
  const facts = new Map<string, Fact>();
  return {
    facts,
    get: async (key) => {
      await otherWriters();
      return copyOf(facts.get(placeOf(key)));
    },
    getMany: async (keys) => {
      await otherWriters();
      return keys.flatMap((key) => copyOf(facts.get(placeOf(key))) ?? []);
    },
    putIfAbsent: async (fact) => {
      await otherWriters();
      if (facts.has(placeOf(fact))) return false;
      facts.set(placeOf(fact), stored(fact));
      return true;
    },
    replace: async (fact, expected) => {
      await otherWriters();
      if (facts.get(placeOf(fact))?.['revision'] !== expected) return false;
      facts.set(placeOf(fact), stored(fact));
      return true;
    },
    remove: async (key) => {
      await otherWriters();
      facts.delete(placeOf(key));
    },
    query: async (
      partition,
      { sortPrefix = '', after = '', descending = false, limit = Infinity } = {},
    ) => {
      await otherWriters();
      const found = [...facts.values()]
        .filter(
          ({ partition: own, sort }) =>
            own === partition && sort.startsWith(sortPrefix) && (after === '' || sort > after),
        )
        .toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
      if (descending) found.reverse();
      return found.slice(0, limit).map((fact) => structuredClone(fact));
    },
  };
}

/** Lets every other call that is under way go first, so that races are lost as they would be. */
function otherWriters(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function placeOf({ partition, sort }: FactKey): string {
  return `${partition} / ${sort}`;
}

/** What DynamoDB keeps of a fact: no undefined values, and no numbers that are not finite. */
function stored(fact: Fact): Fact {
  return JSON.parse(JSON.stringify(fact, refuseWhatIsNotFinite)) as Fact;
}

function refuseWhatIsNotFinite(name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`DynamoDB keeps no ${value} (in '${name}')`);
  }
  return value;
}

function copyOf(fact: Fact | undefined): Fact | undefined {
  return fact && structuredClone(fact);
}
