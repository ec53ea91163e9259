/** Runs one benchmark and prints what it measured: a table for people, a last line of JSON for programs. */
import type { Measured } from './measured.ts';
import { batch } from './batch.ts';
import { runs } from './runs.ts';
import { online } from './online.ts';
import { quality } from './quality.ts';
import { train } from './train.ts';

const BENCHES: Readonly<Record<string, () => Promise<Measured>>> = {
  batch,
  online,
  quality,
  runs,
  train,
};

const [, , name = ''] = process.argv;
const bench = BENCHES[name];
if (!bench) {
  console.error(
    `no benchmark '${name}'; run: npm run bench -- <${Object.keys(BENCHES).join(' | ')}>`,
  );
  process.exit(2);
}
const { ratios, figures } = await bench();
const lines = Object.entries({ ...ratios, ...figures });
const width = Math.max(...lines.map(([label]) => label.length));
for (const [label, value] of lines) console.log(`${label.padEnd(width)}  ${value}`);
console.log(JSON.stringify({ bench: name, ratios, figures }));
