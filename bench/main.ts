/** Runs one benchmark and prints what it measured: a table for people, a last line of JSON for programs. */
import type { Measured } from './measured.ts';

// Each loads what it needs and no more: what another one needs would count in its figures.
const BENCHES: Readonly<Record<string, () => Promise<Measured>>> = {
  batch: async () => (await import('./batch.ts')).batch(),
  monitor: async () => (await import('./monitor.ts')).monitor(),
  online: async () => (await import('./online.ts')).online(),
  quality: async () => (await import('./quality.ts')).quality(),
  start: async () => (await import('./start.ts')).start(),
  stream: async () => (await import('./stream.ts')).stream(),
  runs: async () => (await import('./runs.ts')).runs(),
  train: async () => (await import('./train.ts')).train(),
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
