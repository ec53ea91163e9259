/** The `tidemill` command. */
import { Command } from 'commander';
import { registerCommands } from './commands/index.ts';

// The SDK would greet people on Node 20 with a warning that they can do nothing about.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const program = new Command('tidemill')
  .description('MLOps for tabular models on your own AWS account')
  .showHelpAfterError();

registerCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
