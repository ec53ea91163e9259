import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import type { Traffic } from '../../core/model/traffic.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { createTrafficHistory } from '../../core/registry/traffic.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

interface CanaryChoice extends StageChoice {
  readonly share?: number;
  readonly shadow?: true;
  readonly stop?: true;
}

export function canary(program: Command): void {
  program
    .command('canary <model>')
    .description('let the challenger answer for a share of the entities, or predict in the shadow')
    .option('--share <share>', 'of the entities: 10% or 0.1', toShareOrPercent)
    .option('--shadow', 'record what the challenger says, and answer nobody with it')
    .option('--stop', 'leave everything to the champion')
    .addOption(stageOption())
    .action(async (model: string, { stage, ...wanted }: CanaryChoice) => {
      const target = await openTarget(stage === undefined ? {} : { stage });
      const facts = dynamoFacts(target.output('TableName'));
      const traffic = trafficOf(wanted);
      // A challenger that is not there is better told now than found out by nothing happening.
      const challenger =
        traffic && (await createRegistry(facts).aliasOf(model, 'challenger')).version;
      await createTrafficHistory(facts).setTraffic({
        model,
        traffic: traffic ?? null,
        at: new Date(),
        by: userInfo().username,
      });
      terminal.say(sentence(model, traffic, challenger));
    });
}

function trafficOf({ share, shadow, stop }: CanaryChoice): Traffic | undefined {
  if (stop) return undefined;
  if (shadow) return { kind: 'shadow', share: share ?? 1 };
  if (share === undefined) {
    throw new Error('nothing to do; give --share 10%, --shadow or --stop');
  }
  return { kind: 'canary', share };
}

function sentence(model: string, traffic: Traffic | undefined, version = 0): string {
  if (!traffic) return `the champion of ${model} answers for all`;
  const share = `${Number((traffic.share * 100).toFixed(2))} % of the entities`;
  return traffic.kind === 'canary'
    ? `${model}/${version}, the challenger, answers for ${share}`
    : `${model}/${version}, the challenger, predicts in the shadow for ${share}`;
}

/** @throws {RangeError} if the text is no share above 0 and at most 1 */
export function toShareOrPercent(text: string): number {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (share > 0 && share <= 1) return share;
  throw new RangeError(`share '${text}' must be above 0 and at most 100%; for example 10%`);
}
