/** Zips as a stream writer makes them: sizes stand after the content and in the directory only. */
import { deflateRawSync } from 'node:zlib';

export function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    // No CRC: the digest of the content is what is checked.
    const sizes = numbers([4, 0], [4, packed.length], [4, content.length]);
    // Flag 8: a data descriptor follows, and the sizes here are zero.
    const start = numbers([2, 20], [2, 8], [2, 8], [2, 0], [2, 0]);
    const nothing = Buffer.alloc(12);
    const local = Buffer.concat([
      numbers([4, 0x04034b50]),
      start,
      nothing,
      numbers([2, path.length], [2, 0]),
      path,
      packed,
      numbers([4, 0x08074b50]),
      sizes,
    ]);
    directory.push(
      numbers([4, 0x02014b50], [2, 20]),
      start,
      sizes,
      numbers([2, path.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
      path,
    );
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = numbers(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, listed.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...parts, listed, end]);
}

/** Little-endian integers of so many bytes each. */
function numbers(...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
