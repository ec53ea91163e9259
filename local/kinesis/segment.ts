/**
 * One file of a stream's records, which is only appended to. It holds blocks: a line that says
 * what comes, and a line of JSON with the records.
 */
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';

/** Records that were put at once to one shard; they are counted without a gap. */
export interface Block {
  readonly shardId: string;
  /** Count of the first record. */
  readonly first: number;
  readonly count: number;
  /** Arrival, in milliseconds since 1970. */
  readonly at: number;
}

export interface BlockPlace {
  /** Where the line with the records begins. */
  readonly offset: number;
  /** How long it is, without its end. */
  readonly bytes: number;
}

interface Header extends Block {
  readonly bytes: number;
}

const LINE_END = 10;

export class Segment {
  readonly #file: string;
  readonly #descriptor: number;
  #bytes = 0;
  #newestAt = -Infinity;

  /**
   * Opens the file, or makes it. A last block that a kill cut short is dropped: nobody was told
   * that it is kept.
   *
   * @param onBlock hears of the blocks that are in it
   */
  constructor(file: string, onBlock: (block: Block, place: BlockPlace) => void) {
    this.#file = file;
    this.#descriptor = openSync(file, 'a+');
    for (const { block, place } of scan(readFileSync(file))) {
      this.#bytes = place.offset + place.bytes + 1;
      this.#newestAt = block.at;
      onBlock(block, place);
    }
    ftruncateSync(this.#descriptor, this.#bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Arrival of the newest records in it, in milliseconds since 1970. */
  get newestAt(): number {
    return this.#newestAt;
  }

  /** Appends blocks with their records as JSON, all of them in one write. */
  append(blocks: readonly (readonly [Block, string])[]): BlockPlace[] {
    const parts: Buffer[] = [];
    const places: BlockPlace[] = [];
    let end = this.#bytes;
    for (const [{ shardId, first, count, at }, records] of blocks) {
      const body = Buffer.from(`${records}\n`);
      const bytes = body.length - 1;
      const header: Header = { shardId, first, count, at, bytes };
      const head = Buffer.from(`${JSON.stringify(header)}\n`);
      parts.push(head, body);
      places.push({ offset: end + head.length, bytes });
      end += head.length + body.length;
      this.#newestAt = at;
    }
    try {
      appendFileSync(this.#descriptor, Buffer.concat(parts));
    } catch (cause) {
      // Half a block would hide all that come after it from the next start.
      ftruncateSync(this.#descriptor, this.#bytes);
      throw cause;
    }
    this.#bytes = end;
    return places;
  }

  /** Returns the records of a block, as JSON. */
  read({ offset, bytes }: BlockPlace): string {
    const text = Buffer.alloc(bytes);
    readSync(this.#descriptor, text, 0, bytes, offset);
    return text.toString();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Closes and deletes the file. */
  remove(): void {
    this.close();
    rmSync(this.#file);
  }
}

/**
 * Reads the heads of all whole blocks.
 *
 * @yields each with where its records are
 */
function* scan(text: Buffer): Generator<{ readonly block: Block; readonly place: BlockPlace }> {
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf(LINE_END, start);
    if (lineEnd < 0) return;
    const { bytes, ...block }: Header = JSON.parse(text.toString('utf8', start, lineEnd));
    const offset = lineEnd + 1;
    start = offset + bytes + 1;
    if (start <= text.length) yield { block, place: { offset, bytes } };
  }
}
