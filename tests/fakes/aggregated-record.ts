/** Packs records as the Kinesis Producer Library does, straight from the format's description. */
import { createHash } from 'node:crypto';

export function aggregated(
  records: readonly { readonly key: string; readonly data: Uint8Array | string }[],
): Buffer {
  const keys = [...new Set(records.map(({ key }) => key))];
  const message = Buffer.concat([
    ...keys.map((key) => field(1, Buffer.from(key))),
    ...records.map(({ key, data }) =>
      field(3, Buffer.concat([number(1, keys.indexOf(key)), field(3, Buffer.from(data))])),
    ),
  ]);
  const digest = createHash('md5').update(message).digest();
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, digest]);
}

/** A field of bytes: its number with wire type 2, how many, and the bytes. */
function field(id: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id * 8 + 2]), varint(bytes.length), bytes]);
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([id * 8]), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
