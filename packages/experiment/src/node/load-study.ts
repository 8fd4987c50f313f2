import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readStudy, type Study } from '../schema/index.ts';

/** Reads a study's file. @throws Error that names the file, if it can't be read; what it says is in `problems`. */
export function loadStudy(file: string): Study {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error);
    throw new Error(
      `study "${file}" can't be read: ${why}. Name a YAML file, for example experiments/quickstart.yaml.`,
      {
        cause: error,
      },
    );
  }
  const shown = relative(process.cwd(), file);
  return readStudy({ file: shown.startsWith('..') ? file : shown, text });
}
