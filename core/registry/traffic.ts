/** What the challenger of a model gets to answer: a history, the newest entry of which holds. */
import type { Fact, FactTable } from '../aws/facts.ts';
import type { Traffic } from '../model/traffic.ts';
import { MalformedFactError } from './errors.ts';

export interface TrafficEntry {
  readonly model: string;
  /** Place in the history: 1, 2, 3 and on. */
  readonly entry: number;
  /** Null: the challenger gets nothing, whatever is declared. */
  readonly traffic: Traffic | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** Names the request that made the entry; a second one of the same name adds nothing. */
  readonly idempotencyKey?: string;
}

export interface TrafficHistory {
  /** The newest entry; undefined if nobody ever said anything but the declaration. */
  trafficOf(model: string): Promise<TrafficEntry | undefined>;
  setTraffic(
    change: Pick<TrafficEntry, 'model' | 'traffic' | 'by' | 'idempotencyKey'> & { at: Date },
  ): Promise<TrafficEntry>;
  /** Oldest first. */
  history(model: string): Promise<TrafficEntry[]>;
}

export function createTrafficHistory(facts: FactTable): TrafficHistory {
  const trafficOf = async (model: string): Promise<TrafficEntry | undefined> => {
    const query = { sortPrefix: 'traffic#', descending: true, limit: 1 };
    const [fact] = await facts.query(`model#${model}`, query);
    return fact && asEntry(fact);
  };
  const history = async (model: string): Promise<TrafficEntry[]> =>
    (await facts.query(`model#${model}`, { sortPrefix: 'traffic#' })).map(asEntry);
  return {
    trafficOf,
    history,
    async setTraffic({ at, ...change }) {
      const { model, idempotencyKey } = change;
      for (;;) {
        if (idempotencyKey !== undefined) {
          const known = await history(model);
          const made = known.find((entry) => entry.idempotencyKey === idempotencyKey);
          if (made) return made;
        }
        const entry = ((await trafficOf(change.model))?.entry ?? 0) + 1;
        const made: TrafficEntry = { ...change, entry, at: at.toISOString() };
        const sort = `traffic#${String(entry).padStart(8, '0')}`;
        if (await facts.putIfAbsent({ partition: `model#${change.model}`, sort, ...made })) {
          return made;
        }
      }
    },
  };
}

function asEntry(fact: Fact): TrafficEntry {
  const { partition, sort, ...entry } = fact;
  if (!isEntry(entry)) throw new MalformedFactError(partition, sort, 'the traffic of a challenger');
  return entry;
}

function isEntry(fact: object): fact is TrafficEntry {
  return 'entry' in fact && typeof fact.entry === 'number' && 'traffic' in fact;
}
