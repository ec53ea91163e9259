import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smokeAlarm, smokeModel } from '../../cli/actions/smoke.ts';
import { createChecklist } from '../../cli/checklist.ts';
import { callModel } from '../../cli/actions/call-model.ts';
import { folderShelf } from '../../cli/commands/backup.ts';
import { bootLaptop, type Laptop } from '../../cli/laptop/laptop.ts';
import { createTerminal } from '../../cli/terminal.ts';
import type { TourContext } from '../../cli/tour/context.ts';
import { openTour } from '../../cli/tour/open-tour.ts';
import { walkTour } from '../../cli/tour/tour.ts';
import { dynamoFacts, scanFacts } from '../../core/aws/dynamodb-facts.ts';
import { backUp } from '../../core/registry/backup.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { restore } from '../../core/registry/restore.ts';
import { exampleRow } from '../../core/serve/about.ts';

const silent = createTerminal({ write: () => {}, elapsedMs: () => 0, interactive: false });
/** Of the rows; enough for a model that beats its baseline. */
const SAMPLE = 0.03;
/** The same for both starts, and below those that the system hands out. */
const PORT = 20_000 + (process.pid % 10_000);
const FLIGHTS_OF_2_MAY = 17_259;

describe('the loop, on the template that cdk deploy would send', () => {
  let stateFolder: string;
  let laptop: Laptop;
  let context: TourContext;

  async function boot(): Promise<void> {
    laptop = await bootLaptop({ stateFolder, port: PORT, terminal: silent, strict: true });
    context = await openTour(laptop.endpoint, SAMPLE);
  }

  const tour = () => walkTour(context, silent, join(stateFolder, 'tour.json'));
  const served = () => callModel(context.target, context.model, { path: '/' });

  beforeAll(async () => {
    stateFolder = mkdtempSync(join(tmpdir(), 'tidemill-loop-'));
    await boot();
  });
  afterAll(async () => {
    await laptop.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  });

  it('trains, serves over HTTP, streams, scores a batch and watches itself', async () => {
    const parts = await tour();

    expect(parts.map(({ count, unit }) => `${count} ${unit}`)).toEqual([
      '120 days of flights',
      '5 job steps',
      '1 prediction',
      '5188 events',
      '5188 labels',
      `${FLIGHTS_OF_2_MAY} flights`,
      '1 report',
    ]);
  }, 180_000);

  it('is alive, part by part, and keeps nothing of the trial', async () => {
    const list = createChecklist({ write: () => {}, elapsedMs: () => 0 });
    const trial = { target: context.target, list, by: 'tests', patienceMs: 30_000 };
    const before = await context.objects.list('predictions/');

    await smokeModel(trial, context.model);
    await smokeAlarm(trial);

    expect([...list.failed, ...list.notHere]).toEqual([]);
    expect(await context.objects.list('predictions/')).toEqual(before);
  });

  it('answers nobody who does not sign', async () => {
    const answer = await fetch(context.target.output('FlightDelayUrl'));

    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ Message: 'Forbidden' });
  });

  it('leaves reports that a browser opens from disk', async () => {
    const keys = (await context.objects.list('')).map(({ key }) => key);
    const reports = keys.filter((key) => key.endsWith('report.html'));

    expect(reports).toHaveLength(2);
    for (const key of reports) {
      const html = Buffer.from(await context.objects.get(key)).toString();
      expect(html).toContain('<svg');
      expect(html).not.toMatch(/(?:src|href)="?https?:/);
    }
  });

  it('keeps everything when it starts again, and does nothing twice', async () => {
    const before = (await context.objects.list('')).length;
    await laptop.stop();

    await boot();
    await tour();

    expect(await served()).toMatchObject({ model: 'flight-delay', version: 1 });
    expect(await context.objects.list('')).toHaveLength(before);
  });

  it('comes back from a backup after everything was lost', async () => {
    const flight = { path: '/predict', body: exampleRow(context.model) };
    const answer = async () => {
      const { id: _, ...rest } = z
        .looseObject({ id: z.string() })
        .parse(await callModel(context.target, context.model, flight));
      return rest;
    };
    const before = await answer();
    const shelf = folderShelf(join(stateFolder, 'backup'));
    const table = context.target.output('TableName');
    const { stack } = context.target;
    await backUp(
      { stack, at: new Date(), facts: scanFacts(table), objects: context.objects },
      shelf,
    );

    await laptop.stop();
    for (const lost of ['s3', 'dynamodb']) rmSync(join(stateFolder, lost), { recursive: true });
    await boot();
    expect(await context.objects.list('versions/')).toEqual([]);
    const facts = dynamoFacts(table);
    await restore({ facts, objects: context.objects }, shelf);

    expect(await answer()).toEqual(before);
    const check = await createRegistry(facts).verify(context.model.name, 'champion');
    expect(check).toEqual({ intact: true, entries: 1 });
  });
});
