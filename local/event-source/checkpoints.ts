/** How far each mapping has come in each shard; it survives whatever ends the region. */
import { openStore } from '../store.ts';

export interface Checkpoints {
  /** When the mapping was made. It never changes, so that LATEST means the same after a restart. */
  firstSeen(uuid: string, now: Date): Date;
  position(uuid: string, shardId: string): Position;
  advance(uuid: string, shardId: string, sequenceNumber: string): void;
  /** The shard is closed and all its records are done with. */
  finish(uuid: string, shardId: string): void;
  /** What comes after is not kept, so that those records are delivered again. */
  close(): void;
}

interface Position {
  /** The last record that is done with. */
  readonly after?: string;
  readonly finished?: boolean;
}

/** Opens the checkpoints in a file. */
export function openCheckpoints(file: string): Checkpoints {
  const positions = openStore<Position>(`${file}.jsonl`);
  const firstSeen = openStore<string>(`${file}-first-seen.jsonl`);
  let closed = false;
  const set = (uuid: string, shardId: string, position: Position): void => {
    if (!closed) positions.set(key(uuid, shardId), position);
  };
  return {
    firstSeen(uuid, now) {
      const known = firstSeen.get(uuid);
      if (known !== undefined) return new Date(known);
      firstSeen.set(uuid, now.toISOString());
      return now;
    },
    position: (uuid, shardId) => positions.get(key(uuid, shardId)) ?? {},
    advance: (uuid, shardId, after) => set(uuid, shardId, { after }),
    finish(uuid, shardId) {
      const position = positions.get(key(uuid, shardId)) ?? {};
      set(uuid, shardId, { ...position, finished: true });
    },
    close() {
      closed = true;
      positions.close();
      firstSeen.close();
    },
  };
}

function key(uuid: string, shardId: string): string {
  return `${uuid}/${shardId}`;
}
