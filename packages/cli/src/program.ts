import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import type { RunFlags } from './commands/run.ts';
import type { VerifyFlags } from './commands/verify-resume.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { addPlanFlags, addRunFlags, type PlanFlags, seconds, wholeNumber } from './plan-flags.ts';
import { addSelectionFlags, collect, type SelectionFlags } from './selection-flags.ts';

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
    .version(ownVersion(), '-v, --version', 'the version of ablate')
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

Exit codes: 0 done; 1 a run failed or was stopped, or studies differ; 2 the spec or the command line is wrong;
3 with --check-claims: a claim did not hold, or could not be decided.`,
    );

  addPlanFlags(program.command('run'))
    .description(
      'train every variant of the studies and compare them; what is done is not run again, what was broken off goes on',
    )
    .argument('<file...>', 'studies to run, one after the other')
    .option('--force', 'run also what is already done, and nothing goes on from a checkpoint')
    .option('--checkpoint-every <seconds>', 'training that a crash costs at the most (default: 30)', seconds)
    .option('--fail-fast', 'stop after the first run that fails; without it, the others go on')
    .option('--parallel <n>', 'this many runs at once, as far as there are cores', wholeNumber)
    .option('--parallel-timed', 'with --parallel: also where a study measures time')
    .option('--check-claims', 'exit with 3 unless every claim of the studies held')
    .addHelpText(
      'after',
      `
Examples:
  ablate run experiments/quickstart.yaml
  ablate run study.yaml --epochs 1 --limit 512        a quick look whether everything works
  ablate run study.yaml --seed 1 --seed 2 --out /tmp/results
  ablate run study.yaml --variant k3,k7 --set training.optimizer.learningRate=0.01
  ablate run study.yaml --only k3/seed-1
  ablate run study.yaml --parallel 4 --workers 1     four runs at once, each on one core
  ablate run study.yaml --shard 2/3                  for the second of three jobs, then: ablate merge study.yaml
  ablate run study.yaml --check-claims               for scripts: does it still come out as claimed?`,
    )
    .action(async (files: string[], options: RunFlags) => {
      const { runFiles } = await import('./commands/run.ts');
      finish(await runFiles(files, options, terminal));
    });

  addRunFlags(program.command('verify-resume'))
    .description(
      'train the first run of each variant in one piece, and killed at random points: both must be the same to the bit',
    )
    .argument('<file>')
    .option('--kills <n>', 'how often each run is killed', wholeNumber, 3)
    .option('--kill-seed <n>', 'decides where', wholeNumber, 1)
    .addHelpText(
      'after',
      '\nExamples:\n  ablate verify-resume experiments/quickstart.yaml --epochs 2 --limit 2000\n  ablate verify-resume study.yaml --variant k3 --kills 10',
    )
    .action(async (file: string, options: VerifyFlags) => {
      const { verifyFile } = await import('./commands/verify-resume.ts');
      finish(await verifyFile(file, options, terminal));
    });

  addRunFlags(program.command('merge'))
    .description('bring the runs that several jobs made of a study together, and compare them')
    .argument('<file>', 'the study')
    .argument('[folders...]', 'results of jobs, as their --out said')
    .option('--from <folder>', 'results of a job, as its --out said; may be repeated', collect)
    .option('--out <folder>', 'where they come together', 'results')
    .addHelpText(
      'after',
      `
Give the flags that the runs were made with: --seed, --epochs, --set and so on. Jobs that wrote to one folder need no --from.

Examples:
  ablate merge study.yaml
  ablate merge study.yaml job-1 job-2 job-3`,
    )
    .action(async (file: string, folders: string[], options: PlanFlags & { out: string; from?: string[] }) => {
      const { mergeFile } = await import('./commands/merge.ts');
      finish(await mergeFile(file, { ...options, from: [...folders, ...(options.from ?? [])] }, terminal));
    });

  addSelectionFlags(program.command('validate'))
    .description('check studies and say everything that is wrong with them; nothing is trained or written')
    .argument('<file...>')
    .addHelpText('after', '\nExample:\n  ablate validate experiments/*.yaml')
    .action(async (files: string[], flags: SelectionFlags) => {
      const { validateFiles } = await import('./commands/validate.ts');
      finish(await validateFiles(files, flags, terminal));
    });

  addSelectionFlags(program.command('describe'))
    .description('shapes, parameters, MACs and receptive fields of every variant; nothing is trained')
    .argument('<file...>')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  ablate describe experiments/quickstart.yaml')
    .action(async (files: string[], options: SelectionFlags & { json?: boolean }) => {
      const { describeFiles } = await import('./commands/describe.ts');
      finish(await describeFiles(files, options, terminal));
    });

  program
    .command('inspect')
    .description('the same of saved models, whoever saved them: the model.json of any tf.LayersModel')
    .argument('<model.json...>')
    .option('--plugin <files...>', 'plugins that bring layers which they have')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  ablate inspect results/quickstart/cnn/seed-1/model/model.json')
    .action(async (files: string[], options: { json?: boolean; plugin?: string[] }) => {
      const { inspectFiles } = await import('./commands/inspect.ts');
      finish(await inspectFiles(files, options, terminal));
    });

  addPlanFlags(program.command('plan'))
    .description('the runs of studies: what is done, what is left and how long it will take; nothing is written')
    .argument('<file...>')
    .option('--calibrate', 'train a few steps of every variant to estimate its time')
    .option('--json', 'as JSON, with the complete config of each run')
    .addHelpText('after', '\nExample:\n  ablate plan experiments/quickstart.yaml --calibrate')
    .action(async (files: string[], options: PlanFlags & { out: string; calibrate?: boolean; json?: boolean }) => {
      const { planFiles } = await import('./commands/plan.ts');
      finish(await planFiles(files, options, terminal));
    });

  program
    .command('diff')
    .description('what two studies differ in, however they are written; exits with 1 if they do')
    .argument('<before>')
    .argument('<after>')
    .addHelpText('after', '\nExample:\n  ablate diff old.yaml new.yaml')
    .action(async (before: string, after: string) => {
      const { diffFiles } = await import('./commands/diff.ts');
      finish(await diffFiles(before, after, terminal));
    });

  addPlanFlags(program.command('why'))
    .description('which value, version or data changed since a run was finished')
    .argument('<target>', "folder of the run, or a study's file")
    .argument('[run]', 'with a file: the run, as in cnn/seed-1; without it, all of them')
    .addHelpText(
      'after',
      '\nExamples:\n  ablate why results/quickstart/cnn/seed-1\n  ablate why experiments/quickstart.yaml\n  ablate why experiments/quickstart.yaml cnn/seed-1',
    )
    .action(async (target: string, run: string | undefined, options: PlanFlags & { out: string }) => {
      const { whyRun } = await import('./commands/why.ts');
      finish(await whyRun(target, run, options, terminal));
    });

  program
    .command('tensorboard')
    .description(
      'write what runs said as event files that TensorBoard shows: losses, rates, probes, histograms, images',
    )
    .argument('<folder>', 'results of a study')
    .addHelpText(
      'after',
      '\nExample:\n  ablate tensorboard results/quickstart && tensorboard --logdir results/quickstart',
    )
    .action(async (folder: string) => {
      const { exportTensorBoard } = await import('./commands/tensorboard.ts');
      finish(exportTensorBoard(folder, terminal));
    });

  program
    .command('check-layer')
    .description(
      "put the layers of a plugin through the contract: shapes, costs, gradients, saving; runs the plugin's code",
    )
    .argument('<file>')
    .option('--backend <name...>', 'where to try them', ['cpu', 'wasm'])
    .addHelpText('after', '\nExample:\n  ablate check-layer ./my-layer.mjs')
    .action(async (file: string, { backend }: { backend: string[] }) => {
      const { checkLayerFile } = await import('./commands/check-layer.ts');
      finish(await checkLayerFile(file, backend, terminal));
    });

  program
    .command('schema')
    .description('the JSON Schema of studies, for editors')
    .argument('[file]', 'the schema that this file follows: one named _… is a base, of which nothing is required')
    .addHelpText('after', '\nExample:\n  ablate schema > experiment.schema.json')
    .action(async (file: string | undefined) => {
      const { printSchema } = await import('./commands/schema.ts');
      finish(await printSchema(file, terminal));
    });

  program
    .command('migrate')
    .description('rewrite studies of an older version in place; comments and the order of keys stay')
    .argument('<file...>')
    .addHelpText('after', '\nExample:\n  ablate migrate experiments/*.yaml')
    .action(async (files: string[]) => {
      const { migrateFiles } = await import('./commands/migrate.ts');
      finish(migrateFiles(files, terminal));
    });

  program
    .command('list')
    .description('what a study can name')
    .argument('<what>', 'architectures, layers, datasets, backends, metrics or analyses')
    .addHelpText('after', '\nExample:\n  ablate list layers')
    .action(async (what: string) => {
      const { listNames } = await import('./commands/list.ts');
      finish(listNames(what, terminal));
    });
  return program;
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
