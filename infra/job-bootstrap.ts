/** The text of the job bootstrap, small enough to travel in a container's command. */
import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** ECS takes 8192 characters of overrides, the command's parameters and JSON quoting included. */
const MOST_CHARACTERS = 6000;

/**
 * Returns the bootstrap as one script for `node --eval`.
 *
 * @throws {Error} if Batch would change it: it replaces `Ref::name` and `$(NAME)`, and `$$` by `$`
 */
export function jobBootstrap(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('job-bootstrap/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    // Short identifiers would include '$', which means something to Batch.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
  });
  const script = (outputFiles[0]?.text ?? '').trim();
  const changed = /Ref::|\$[$(]/.exec(script);
  if (changed !== null) {
    throw new Error(
      `the job bootstrap contains '${changed[0]}', which Batch would replace; write it differently`,
    );
  }
  if (script.length > MOST_CHARACTERS) {
    throw new Error(
      `the job bootstrap has ${script.length} characters, at most ${MOST_CHARACTERS} fit a command; shorten it`,
    );
  }
  return script;
}
