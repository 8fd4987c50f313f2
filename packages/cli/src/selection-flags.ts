import { type Command, InvalidArgumentError } from 'commander';

/** What is laid over a study, and which part of it is meant: the same for every command that reads studies. */
export interface SelectionFlags {
  /** `training.epochs=3`, laid over the file. */
  set?: string[];
  variant?: string[];
  only?: string[];
}

/** Adds `--set`, `--variant` and `--only` to a command. */
export function addSelectionFlags(command: Command): Command {
  return command
    .option('--set <path=value>', 'lay a value over the study, as in training.epochs=3; may be repeated', collect)
    .option('--variant <names>', 'these variants alone, separated by commas; may be repeated', collectNames)
    .option('--only <ids>', 'these runs alone, as in cnn/seed-1, or variants; separated by commas', collectNames);
}

export function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function collectNames(text: string, before: string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError(`It must be names separated by commas; received "${text}".`);
  return [...before, ...names];
}
