import type { Command } from 'commander';
import { join } from 'node:path';
import { openAccount } from '../actions/preflight/account.ts';
import { lookAt } from '../actions/preflight/check.ts';
import { checksOf } from '../actions/preflight/checks.ts';
import { plannedIn } from '../actions/preflight/planned.ts';
import { synthesize } from '../laptop/assembly.ts';
import { defaultStateFolder } from '../laptop/state.ts';
import { projectRoot } from '../project.ts';
import { terminal } from '../terminal.ts';

const MARKS = { ok: '✓', unsure: '?', stop: '✗' } as const;

export function preflight(program: Command): void {
  program
    .command('preflight')
    .description('look for what would stop a deploy: credentials, bootstrap, the stack, quotas')
    .option('--stage <stage>', 'stage that would be deployed', 'dev')
    .action(async ({ stage }: { stage: string }) => {
      const folder = join(defaultStateFolder, `preflight-${stage}`);
      await synthesize(projectRoot, folder, { stage });
      let stopped = 0;
      for (const check of checksOf(openAccount(), plannedIn(folder, `tidemill-${stage}`))) {
        // oxlint-disable-next-line no-await-in-loop
        const { verdict, says, cure } = await lookAt(check);
        terminal.say(`  ${MARKS[verdict]} ${check.title.padEnd(26)} ${says}`);
        if (verdict !== 'stop') continue;
        stopped++;
        terminal.say(`    ${cure ?? ''}`);
      }
      if (stopped > 0) throw new Error(`${stopped} of these would stop a deploy of stage ${stage}`);
      terminal.say(`\nNothing is in the way: npx cdk deploy -c stage=${stage}`);
    });
}
