/**
 * Scores some shards of a planned job, as a job on Batch would: `child <root> <job> <threads> <shard>...`.
 * What it says it took begins when its modules are loaded, as the other sides' figures do.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { layout } from '../../core/model/layout.ts';
import { openSession } from '../../core/onnx/session.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { finishShard } from '../../core/score/finish-shard.ts';
import { readPlan } from '../../core/score/plan.ts';
import { sampleShare } from '../../core/score/sample.ts';
import { scoreShard } from '../../core/score/score-shard.ts';
import { openVersion } from '../../core/serve/served-model.ts';
import { model as definition } from '../../models/flight-delay/model.ts';
import { memoryFacts } from '../../tests/fakes/memory-facts.ts';
import { newVersion } from '../../tests/fakes/registered-version.ts';
import { folderObjects } from './folder-objects.ts';

const started = { at: performance.now(), cpu: process.cpuUsage() };
const [root = '', job = '', threads = '1', ...shards] = process.argv.slice(2);
const objects = folderObjects(root);
const plan = await readPlan(objects, definition.name, job);
const bytes = await objects.get(layout.modelFile(definition.name, plan.version));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const registry = createRegistry(memoryFacts());
await registry.register(newVersion({ sha256 }));
const served = await openVersion(
  {
    definition,
    objects,
    registry,
    openSession: (file) => openSession(file, { threads: Number(threads), coded: true }),
  },
  { version: plan.version, at: '2001-07-01T00:00:00Z' },
);
const scratch = await mkdtemp(join(tmpdir(), 'tidemill-bench-child-'));
// As a job of the declared size does.
const memoryMiB = (definition.serving.batch?.holdsMiB ?? 1024) / 4;
let rows = 0;
try {
  for (const shard of shards.map(Number)) {
    const folder = join(scratch, String(shard));
    await mkdir(folder);
    const scored = await withDuckDb(
      { memoryMiB, threads: Number(threads), scratch },
      (reader, writer) =>
        scoreShard({ reader, writer }, plan.shards[shard]!, {
          definition,
          served,
          objects,
          asOf: new Date('2001-07-01T00:00:00Z'),
          sampleShare: sampleShare({ rows: plan.rows, bytes: 0 }),
          folder,
          report: () => {},
        }),
    );
    rows += scored.rows;
    await finishShard(objects, plan, shard, scored, process.uptime() * Number(threads));
    await rm(folder, { recursive: true });
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const { user, system } = process.cpuUsage(started.cpu);
console.log(
  JSON.stringify({
    rows,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - started.at) / 1000,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
