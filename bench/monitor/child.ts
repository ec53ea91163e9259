/** Measures drift in a process of its own, whose memory is nothing but the drift's. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { literal, withDuckDb } from '../../core/data/duckdb.ts';
import type { DataProfile } from '../../core/data/profile.ts';
import { driftOf } from '../../core/monitor/drift.ts';
import { summarise } from '../../core/monitor/summary.ts';
import { watched } from './task.ts';

const [, , profileFile = '', currentFile = ''] = process.argv;
const profile: DataProfile = JSON.parse(await readFile(profileFile, 'utf8'));
const started = performance.now();
const options = { memoryMiB: 192, threads: 2, scratch: dirname(currentFile) };
const summary = await withDuckDb(options, (connection) =>
  summarise(connection, watched, `read_parquet(${literal(currentFile)})`, profile),
);
const { features } = driftOf(summary, watched, profile);
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    rows: summary.rows,
    tests: Object.fromEntries(
      features.map(({ feature, tests }) => [
        feature,
        Object.fromEntries(tests.map(({ method, statistic }) => [method, statistic])),
      ]),
    ),
  }),
);
