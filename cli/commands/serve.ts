import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SERVER_FLAGS } from '../../core/serve/server-flags.ts';
import { projectRoot } from '../project.ts';
import { openTarget, outputOf, type Target } from '../target.ts';
import { stageOption, type StageChoice } from './options.ts';

export function serve(program: Command): void {
  program
    .command('serve <model>')
    .description('run the endpoint of a model in a process of its own, as in a container')
    .option('--port <number>', 'port to listen on', '8080')
    .addOption(stageOption())
    .action(async (model: string, { port, ...choice }: StageChoice & { port: string }) => {
      const target = await openTarget(choice);
      const server = spawn(
        process.execPath,
        [...SERVER_FLAGS, '--import', 'tsx', 'lambdas/server.ts'],
        {
          cwd: projectRoot,
          stdio: 'inherit',
          env: { ...process.env, ...environmentOf(target, model), PORT: port },
        },
      );
      // Ctrl-C reaches the whole process group; a kill of this process alone must be passed on.
      process.on('SIGINT', () => {});
      process.once('SIGTERM', () => server.kill('SIGTERM'));
      await once(server, 'exit');
      process.exitCode = server.exitCode ?? 1;
    });
}

/** What the function of the stack has in its environment. */
function environmentOf(target: Target, model: string): Record<string, string> {
  return {
    MODEL: model,
    BUCKET: target.output('BucketName'),
    TABLE: target.output('TableName'),
    PREDICTIONS_STREAM: target.output(outputOf(model, 'PredictionsStream')),
  };
}
