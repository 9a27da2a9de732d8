import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Api } from './api';
import { applyFolder, type ApplyFolderOptions } from './commands/apply-folder';
import { backtestRule, type BacktestRuleOptions } from './commands/backtest-rule';
import type { CommandContext } from './commands/context';
import {
  listDeadLetters,
  replayDeadLetters,
  type ListDeadLettersOptions,
  type ReplayDeadLettersOptions,
} from './commands/dead-letters';
import { diffRule, type DiffRuleOptions } from './commands/diff-rule';
import { exportRules, type ExportRulesOptions } from './commands/export-rules';
import { importKnowledge, type ImportKnowledgeOptions } from './commands/import-knowledge';
import { importRules, type ImportRulesOptions } from './commands/import-rules';
import { n8nInstall, type N8nInstallOptions } from './commands/n8n-install';
import { n8nStatus } from './commands/n8n-status';
import { searchKnowledge, type SearchKnowledgeOptions } from './commands/search-knowledge';
import { testRules, type TestRulesOptions } from './commands/test-rules';
import { validateRules, type ValidateRulesOptions } from './commands/validate-rules';
import { connectionOf, type ConnectionOptions } from './connection';
import { CommandError, EXIT } from './exit-codes';
import type { N8nOptions } from './n8n/connection';
import { Terminal, type Streams, type TerminalOptions } from './terminal';

const EXIT_CODES = `
Exit codes: 0 done · 1 something was found (refused, invalid, failed, different) · 2 wrong command line or file ·
3 no answer from the server · 4 not allowed · 5 refused or failed there · 6 deletions need --confirm`;

type GlobalOptions = ConnectionOptions & TerminalOptions;

/** Runs one command line and answers its exit code. Never throws, and never writes the token. */
export async function run(argv: readonly string[], streams: Streams, env: NodeJS.ProcessEnv): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram(streams, env, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tell(error, new Terminal(streams, program.opts<GlobalOptions>()));
  }
}

function tell(error: unknown, terminal: Terminal): number {
  if (!(error instanceof CommandError)) {
    terminal.error(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT.failed;
  }
  terminal.error(`error: ${error.message}`);
  if (error.advice) terminal.error(`→ ${error.advice}`);
  return error.exitCode;
}

function buildProgram(streams: Streams, env: NodeJS.ProcessEnv, end: (exitCode: number) => void): Command {
  const program = new Command('agentctl')
    .description('AlertAgent from the command line')
    .option('--url <url>', 'address of AlertAgent (ALERTAGENT_URL; http://127.0.0.1:8080)')
    .option('--token <token>', 'API token; others on this machine can see it here, ALERTAGENT_TOKEN is better')
    .option('--token-file <file>', 'file that holds the API token (ALERTAGENT_TOKEN_FILE)')
    .option('--json', 'write the result as JSON, and nothing else')
    .option('--quiet', 'no progress and no notes')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.err.write(text) });
  const context = (): CommandContext => {
    const options = program.opts<GlobalOptions>();
    const terminal = new Terminal(streams, options);
    return { terminal, env, api: () => new Api(connectionOf(options, env)) };
  };
  addRules(program.command('rules').description('rules of Prometheus'), context, end);
  addKnowledge(program.command('knowledge').description('runbooks and notes that analyses cite'), context, end);
  addDeadLetters(program.command('dead-letters').description('runs of workflows that never were'), context, end);
  addN8n(program.command('n8n').description('the workflows that AlertAgent ships, in n8n'), context, end);
  return program;
}

function addKnowledge(knowledge: Command, context: () => CommandContext, end: (exitCode: number) => void): void {
  knowledge
    .command('import <folder>')
    .description('take in the markdown files of a folder; the same files again change nothing')
    .option('--dry-run', 'tell what would be done, change nothing')
    .option('--owner <team>', 'the team that keeps them right')
    .option('--cluster <name...>', 'clusters that they are about; all unless told')
    .action(async (folder: string, options: ImportKnowledgeOptions) =>
      end(await importKnowledge(context(), folder, options)),
    );
  knowledge
    .command('search <words...>')
    .description('find what is known, asked in words of any language')
    .option('--cluster <name>', 'only what is about this cluster, or about all')
    .option('--limit <number>', 'documents to show', wholeNumber, 5)
    .action(async (words: string[], options: SearchKnowledgeOptions) =>
      end(await searchKnowledge(context(), words, options)),
    );
}

function addDeadLetters(letters: Command, context: () => CommandContext, end: (exitCode: number) => void): void {
  letters
    .command('list')
    .description('what workflows never did, newest first')
    .option('--workflow <name>', 'of this workflow only')
    .addOption(new Option('--kind <kind>').choices(['not_started', 'no_callback', 'stale']))
    .action(async (options: ListDeadLettersOptions) => end(await listDeadLetters(context(), options)));
  letters
    .command('replay [id]')
    .description('let analyses begin anew; never one that has a result')
    .option('--workflow <name>', 'all of this workflow whose incident was not over')
    .action(async (id: string | undefined, options: ReplayDeadLettersOptions) =>
      end(await replayDeadLetters(context(), id, options)),
    );
}

function addN8n(n8n: Command, context: () => CommandContext, end: (exitCode: number) => void): void {
  const withPlace = (command: Command): Command =>
    command
      .option('--n8n-url <url>', 'address of n8n (N8N_ENDPOINT; http://127.0.0.1:5678); its API key is N8N_API_KEY')
      .option('--workflows <folder>', 'folder with workflow files; those of this checkout unless told')
      .option('--only <path...>', 'webhook paths of the workflows that are meant');
  withPlace(n8n.command('status'))
    .description('tell whether n8n answers, and which workflows are there, active and as shipped')
    .action(async (options: N8nOptions) => end(await n8nStatus(context(), options)));
  withPlace(n8n.command('install'))
    .description('create or update the workflows and activate them; the same again changes nothing')
    .option('--set <name=value...>', 'values of the node Settings, such as dify_url=http://dify:5001')
    .option('--dry-run', 'tell what would be done, change nothing')
    .action(async (options: N8nInstallOptions) => end(await n8nInstall(context(), options)));
}

function addRules(rules: Command, context: () => CommandContext, end: (exitCode: number) => void): void {
  rules
    .command('import [paths...]')
    .description('take in rule files, PrometheusRule resources, folders, an archive, or what a live Prometheus runs')
    .option('--dry-run', 'tell what would be done, change nothing')
    .option('--namespace <name>', 'namespace of a single text; before their own for several')
    .option('--owner <team>', 'owner of the rules')
    .option('--target <target...>', 'clusters they run on: an id, a name, or label=value,label=value')
    .addOption(
      new Option('--on-conflict <what>', 'what to do with a rule that is there with another content')
        .choices(['update', 'skip', 'refuse'])
        .default('update'),
    )
    .option('--cluster <cluster>', 'take the rules that the Prometheus of this cluster runs')
    .option('--source-url <url>', 'take the rules that the Prometheus at this address runs')
    .action(async (paths: string[], options: ImportRulesOptions) => end(await importRules(context(), paths, options)));
  rules
    .command('export')
    .description('write rules as rule files or PrometheusRule resources')
    .addOption(new Option('--format <format>').choices(['prometheus', 'crd']).default('prometheus'))
    .option('--namespace <name>', 'rules of this namespace only')
    .option('--group <name>', 'rules of this group only')
    .option('--owner <team>', 'rules of this team only')
    .option('--cluster <cluster>', 'the exact file of this cluster')
    .option('--output <file>', 'write to this file instead of standard output')
    .option('--output-dir <folder>', 'write one file per namespace into this folder')
    .action(async (options: ExportRulesOptions) => end(await exportRules(context(), options)));
  rules
    .command('validate <paths...>')
    .description('check rule files and folders as Prometheus reads them; needs no server')
    .option('--prometheus-version <version>', 'the version that is to load them; 2.42.0 unless told')
    .option('--no-lint', 'only what makes Prometheus refuse a file')
    .option('--strict', 'warnings are a reason to fail, too')
    .option('--offline', 'no server is asked; it never is, this says so in a pipeline')
    .action(async (paths: string[], options: ValidateRulesOptions) =>
      end(await validateRules(context(), paths, options)),
    );
  rules
    .command('test <files...>')
    .description("run unit tests in promtool's format with promtool")
    .option('--promtool <program>', 'the promtool to run', 'promtool')
    .option('--timeout <seconds>', 'time for each file', wholeNumber, 60)
    .action(async (files: string[], options: TestRulesOptions) => end(await testRules(context(), files, options)));
  rules
    .command('backtest [id]')
    .description('tell when a rule would have fired')
    .option('--expression <promql>', 'instead of the id of a rule')
    .option('--for <duration>', 'with --expression')
    .option('--keep-firing-for <duration>', 'with --expression')
    .option('--rule-version <version>', 'of the rule; the current one unless told', wholeNumber)
    .option('--compare <version>', 'a second version of the rule, side by side', wholeNumber)
    .option('--cluster <cluster>', 'ask the Prometheus of this cluster')
    .option('--source-url <url>', 'ask the Prometheus at this address')
    .option('--from <time>', 'RFC 3339; seven days ago unless told')
    .option('--to <time>', 'RFC 3339; now unless told')
    .action(
      async (id: string | undefined, { ruleVersion, ...options }: BacktestRuleOptions & { ruleVersion?: number }) =>
        end(await backtestRule(context(), id, { ...options, version: ruleVersion })),
    );
  rules
    .command('diff <id>')
    .description('show what changed between two versions of a rule')
    .option('--from <version>', 'the one before --to unless told', wholeNumber)
    .option('--to <version>', 'the current one unless told', wholeNumber)
    .option('--exit-code', 'exit with 1 when there is a difference')
    .action(async (id: string, options: DiffRuleOptions) => end(await diffRule(context(), id, options)));
  rules
    .command('apply <folder>')
    .description('make AlertAgent hold what the folder holds')
    .option('--namespace <name>', 'the folder is the truth for everything below this namespace')
    .option('--owner <team>', 'the folder is the truth for everything of this team')
    .option('--target <target...>', 'clusters they run on: an id, a name, or label=value,label=value')
    .option('--dry-run', 'show the plan, change nothing')
    .option('--check', 'as --dry-run, and exit with 1 when there is something to change')
    .option('--prune', 'delete the rules that the folder does not hold')
    .option('--confirm <count>', 'delete that many; needed for more than 10, or more than a fifth', wholeNumber)
    .action(async (folder: string, options: ApplyFolderOptions) => end(await applyFolder(context(), folder, options)));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
