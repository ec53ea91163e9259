import type { Command } from 'commander';
import { daysBetween } from '../../core/model/layout.ts';
import { scoreBatch } from '../actions/scoring.ts';
import { openTarget, type Target } from '../target.ts';
import { terminal } from '../terminal.ts';
import { asOfOption, type AsOfChoice, stageOption, toMoment, toVersion } from './options.ts';

interface ScoreChoice extends AsOfChoice {
  readonly day?: string;
  readonly input?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly version?: number;
  readonly again?: boolean;
}

export function score(program: Command): void {
  program
    .command('score <model>')
    .description('score the day before the as-of, another day or input, or a range of days')
    .addOption(asOfOption())
    .option('--day <day>', 'day of the rows, YYYY-MM-DD')
    .option('--input <path>', 'object or folder below the dataset, such as dt=2001-05-02/a.parquet')
    .option('--from <day>', 'first day of a range, each day as it would have been scored', toMoment)
    .option('--to <day>', 'the day after the last of the range', toMoment)
    .option('--version <number>', 'version to score with; the champion without it', toVersion)
    .option('--again', 'score what was scored and published already')
    .addOption(stageOption())
    .action(async (model: string, { stage, ...choice }: ScoreChoice) => {
      const target = await openTarget(stage === undefined ? {} : { stage });
      if (choice.from !== undefined || choice.to !== undefined) {
        await scoreRange(target, model, choice);
      } else {
        const { asOf = new Date(), day, input, version, again } = choice;
        await scoreOnce(target, model, `score ${model}`, {
          asOf,
          options: { day, input, version, again },
        });
      }
    });
}

/** One day after the other, since a day's rows may be what the next one's are compared with. */
async function scoreRange(
  target: Target,
  model: string,
  { from, to, version, again }: ScoreChoice,
): Promise<void> {
  if (from === undefined || to === undefined || from >= to) {
    throw new RangeError(
      'a range needs --from, and --to after it; write for example --from 2001-05-01 --to 2001-05-08',
    );
  }
  const days = daysBetween(from, to);
  for (const [at, day] of days.entries()) {
    const asOf = new Date(Date.parse(day) + 86_400_000);
    // oxlint-disable-next-line no-await-in-loop
    await scoreOnce(target, model, `${at + 1} of ${days.length}: ${model} of ${day}`, {
      asOf,
      options: { version, again },
    });
  }
}

function scoreOnce(
  target: Target,
  model: string,
  title: string,
  request: Parameters<typeof scoreBatch>[2],
): Promise<unknown> {
  return terminal.step(
    title,
    (report) => scoreBatch(target, model, request, report),
    ({ note }) => note,
  );
}
