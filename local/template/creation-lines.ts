/** Which lines of the CDK app made each resource, as `cdk synth` writes it down beside the template. */
import * as z from 'zod';

/** Lines by construct path, nearest first: `/home/me/infra/storage.ts:28`. */
export type CreationLines = ReadonlyMap<string, readonly string[]>;

const Metadata = z.record(
  z.string(),
  z.array(z.object({ type: z.string(), data: z.unknown().optional() })),
);
const Frames = z.array(z.string());

/** Reads the content of `<stack>.metadata.json`. */
export function readCreationLines(metadata: unknown): CreationLines {
  return new Map(
    Object.entries(Metadata.parse(metadata)).map(([path, entries]) => [
      path.replace(/^\//, ''),
      entries
        .filter(({ type }) => type === 'aws:cdk:creationStack')
        .flatMap(({ data }) => lines(data)),
    ]),
  );
}

/** A frame reads `new Storage (/home/me/infra/storage.ts:21:24)`; others tell what was left out. */
function lines(data: unknown): string[] {
  return Frames.parse(data).flatMap((frame) => /\((.+:\d+):\d+\)$/.exec(frame)?.[1] ?? []);
}
