/**
 * What a job's container runs first, handed to `node --eval`: the stock Node image plus this needs
 * no image of our own, hence no Docker to deploy. An image that carries `main.mjs` runs it as it is.
 */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf } from './digest.ts';
import { download } from './download.ts';
import { unzip } from './unzip.ts';

const { CODE_BUCKET = '', CODE_KEY = '', CODE_SHA256 = '' } = process.env;

async function fetchCode(): Promise<string> {
  const files = unzip(await download(CODE_BUCKET, CODE_KEY, process.env, new Date()));
  const digest = digestOf(files);
  if (digest !== CODE_SHA256) {
    throw new Error(
      `s3://${CODE_BUCKET}/${CODE_KEY} has content ${digest}, expected ${CODE_SHA256}; deploy again`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'code-'));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, 'main.mjs');
}

async function start(): Promise<void> {
  const main = existsSync('main.mjs') ? resolve('main.mjs') : await fetchCode();
  // As if Node had been started with the file: parseArgs and child processes look at both.
  process.argv.splice(1, 0, main);
  process.execArgv = [];
  await import(pathToFileURL(main).href);
}

// Left to Node, a failure would be printed behind all of this program's text.
start().catch((cause: unknown) => {
  console.error(cause);
  process.exitCode = 1;
});
