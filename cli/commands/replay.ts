import { type Command, Option } from 'commander';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelDefinition } from '../../core/model/index.ts';
import { loadModel } from '../../models/index.ts';
import { synthesize } from '../laptop/assembly.ts';
import { untilInterrupted } from '../laptop/interrupt.ts';
import { defaultStateFolder } from '../laptop/state.ts';
import { projectRoot } from '../project.ts';
import { chartOf } from '../replay/chart.ts';
import { fetchDataset } from '../replay/fetch-dataset.ts';
import { renderReplayPage } from '../replay/page.ts';
import { replayRows } from '../replay/replay.ts';
import type { ReplayReport } from '../replay/report.ts';
import { declaredKnown, findSource, type LabelKnown, type ReplaySource } from '../replay/source.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice, toCount, toMoment } from './options.ts';

interface ReplayChoice extends StageChoice {
  readonly from: Date;
  readonly to: Date;
  readonly history: number;
  readonly events: number;
  readonly every: number;
  readonly seed: number;
  readonly data?: string;
  readonly labelDelay?: number;
  readonly labelAt?: string;
  readonly out?: string;
}

const DAY_MS = 86_400_000;

export function replay(program: Command): void {
  program
    .command('replay <model>')
    .description('play months of rows through the whole stack on a virtual clock, and compare')
    .requiredOption('--from <day>', 'first day, YYYY-MM-DD', toMoment)
    .requiredOption('--to <day>', 'last day, YYYY-MM-DD', toMoment)
    .option('--history <days>', 'days that the first version learns from', toCount, 31)
    .option('--events <number>', 'about so many events; rows are thinned to that', toCount, 300_000)
    .option('--every <hours>', 'hours between deliveries of what has arrived', toCount, 3)
    .option('--seed <number>', 'picks the rows that are kept', Number, 17)
    .option(
      '--data <path>',
      'file or folder in the declared format; without it, what ships or is in the bucket',
    )
    .addOption(
      new Option(
        '--label-delay <time>',
        'how long after its row a label is known, such as 6h or 2d',
      )
        .argParser(toDuration)
        .conflicts('labelAt'),
    )
    .option('--label-at <column>', 'column with the time at which the label is known')
    .addOption(stageOption())
    .option('--out <folder>', 'where replay.html and replay.json go')
    .action(async (name: string, choice: ReplayChoice) => run(name, choice));
}

async function run(name: string, choice: ReplayChoice): Promise<void> {
  const model = await loadModel(name);
  if (model.serving.stream === undefined) {
    throw new Error(`events of '${name}' have no stream to come by; declare serving.stream`);
  }
  const { from, to, history } = choice;
  if (from.getTime() + (history - 1) * DAY_MS >= to.getTime()) {
    throw new RangeError(
      `--history ${history} leaves no day of the period to play; choose a later --to, or fewer days`,
    );
  }
  const folder = join(defaultStateFolder, 'replay', name);
  const interrupted = untilInterrupted();
  const assembly = await terminal.step(
    'synthesize the stack',
    () => synthesize(projectRoot, join(folder, 'cdk.out'), { models: name }),
    ({ synthesized }) => (synthesized ? 'as cdk deploy would send it' : 'nothing changed'),
  );
  const report = await replayRows({
    model,
    source: (scratch) => sourceOf(model, choice, scratch),
    span: { from: from.getTime(), to: to.getTime() + DAY_MS },
    eventsFrom: from.getTime() + history * DAY_MS,
    events: choice.events,
    seed: choice.seed,
    everyMs: choice.every * 3_600_000,
    cloudAssembly: assembly.folder,
    terminal,
    interrupted,
  });
  const out = choice.out ?? folder;
  writeReport(report, out);
  terminal.say(`\n${chartOf(report.periods)}\n`);
  terminal.say(
    `${report.timeline.length} things happened; the picture is ${join(out, 'replay.html')}`,
  );
}

/** What is named, else what ships with the model, else what lies in the bucket. */
async function sourceOf(
  model: ModelDefinition,
  choice: ReplayChoice,
  scratch: string,
): Promise<ReplaySource> {
  const { data, stage } = choice;
  const known = knownBy(choice);
  if (data !== undefined || (stage === undefined && model.data.shipped)) {
    return findSource(model, { ...(data !== undefined && { data }), ...(known && { known }) });
  }
  const where = stage === undefined ? {} : { stage };
  return fetchDataset(model, where, known ?? declaredKnown(model), scratch);
}

function writeReport(report: ReplayReport, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'replay.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, 'replay.html'), renderReplayPage(report));
}

function knownBy({ labelDelay, labelAt }: ReplayChoice): LabelKnown | undefined {
  if (labelAt !== undefined) return { column: labelAt };
  return labelDelay === undefined ? undefined : { afterMs: labelDelay };
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: DAY_MS } as const;

/** @throws {RangeError} if the text is no duration */
function toDuration(text: string): number {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (amount === undefined || (unit !== 'm' && unit !== 'h' && unit !== 'd')) {
    throw new RangeError(`duration '${text}' must be minutes, hours or days; for example 6h`);
  }
  return Number(amount) * UNIT_MS[unit];
}
