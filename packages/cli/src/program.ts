import process from 'node:process';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Where a command writes, and what it knows of the terminal. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** A person is watching: a bar may redraw itself. */
  interactive: boolean;
}

const realTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY && process.env['CI'] === undefined,
};

/** The `ablate` command. `run` never throws for what a user did: it prints and answers an exit code. */
export function createProgram(terminal: Terminal = realTerminal): { run(args: readonly string[]): Promise<ExitCode> } {
  return {
    async run(args) {
      let code: ExitCode = exitCodes.done;
      const finish = (result: ExitCode) => void (code = result);
      try {
        await commands(terminal, finish).parseAsync([...args], { from: 'user' });
      } catch (error) {
        // Commander has printed it; --help and --version end this way too.
        if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
        terminal.err(`ablate: ${error instanceof Error ? error.message : String(error)}\n`);
        return exitCodes.wrong;
      }
      return code;
    },
  };
}

function commands(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('ablate')
    .description(
      'Ablation studies of neural networks: write what to vary in YAML, train it, read what the difference was.',
    )
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('Run with --help to see the options.')
    .addHelpText(
      'after',
      `
Examples:
  ablate run experiments/quickstart.yaml
  ablate run experiments/mnist-fc-vs-cnn.yaml --limit 2000 --epochs 1
  ablate describe experiments/quickstart.yaml
  ablate validate experiments/*.yaml

Exit codes: 0 done; 1 a run failed or was stopped; 2 the spec or the command line is wrong.`,
    );

  program
    .command('run')
    .description('train every variant of the studies and compare them')
    .argument('<file...>', 'studies to run, one after the other')
    .option('--seed <n>', 'train with this seed instead of those of the study; may be repeated', collectSeeds)
    .option('--limit <n>', 'train on at most this many examples', wholeNumber)
    .option('--epochs <n>', 'train this many epochs', wholeNumber)
    .option('--backend <name>', 'what computes: auto, wasm or cpu')
    .option('--out <folder>', 'folder of the results', 'results')
    .addHelpText(
      'after',
      `
Examples:
  ablate run experiments/quickstart.yaml
  ablate run study.yaml --epochs 1 --limit 512        a quick look whether everything works
  ablate run study.yaml --seed 1 --seed 2 --out /tmp/results`,
    )
    .action(async (files: string[], options: RunFlags) => {
      const { runFiles } = await import('./commands/run.ts');
      finish(await runFiles(files, options, terminal));
    });

  program
    .command('validate')
    .description('check studies and say everything that is wrong with them; nothing is trained or written')
    .argument('<file...>')
    .addHelpText('after', '\nExample:\n  ablate validate experiments/*.yaml')
    .action(async (files: string[]) => {
      const { validateFiles } = await import('./commands/validate.ts');
      finish(validateFiles(files, terminal));
    });

  program
    .command('describe')
    .description('shapes, parameters, MACs and receptive fields of every variant; nothing is trained')
    .argument('<file...>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  ablate describe experiments/quickstart.yaml')
    .action(async (files: string[], options: { json?: boolean }) => {
      const { describeFiles } = await import('./commands/describe.ts');
      finish(describeFiles(files, options, terminal));
    });

  program
    .command('list')
    .description('what a study can name')
    .argument('<what>', 'architectures, layers, datasets or backends')
    .addHelpText('after', '\nExample:\n  ablate list layers')
    .action(async (what: string) => {
      const { listNames } = await import('./commands/list.ts');
      finish(listNames(what, terminal));
    });
  return program;
}

/** The flags of `ablate run` that change the study. */
export interface RunFlags {
  seed?: number[];
  limit?: number;
  epochs?: number;
  backend?: string;
  out: string;
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number ≥ 1; received "${text}".`);
}

function collectSeeds(text: string, before: number[] = []): number[] {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return [...before, Number(text)];
  throw new InvalidArgumentError(`A seed must be a whole number ≥ 0; received "${text}".`);
}
