/** A piece of a text with variables: literal text, or the mention of a variable. */
export type TemplatePiece =
  | { kind: 'text'; text: string }
  | { kind: 'variable'; name: string; start: number; end: number };

/** A text taken apart. `start` and `end` of pieces and mistakes are offsets in the text. */
export interface Template {
  pieces: TemplatePiece[];
  /** `$name` alone: the variable's value takes the text's place and keeps its type. */
  whole: boolean;
  mistakes: { message: string; start: number; end: number }[];
}

/** What a variable may be called. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const DOLLAR = /\$(?:\$|\{([^{}]*)\}|([A-Za-z_][A-Za-z0-9_]*)|)/g;

/** Takes a text apart: `$name` as a whole value, `${name}` inside text, `$$` for a dollar; any other `$` is a mistake. */
export function parseTemplate(text: string): Template {
  const pieces: TemplatePiece[] = [];
  const mistakes: Template['mistakes'] = [];
  let whole = false;
  let done = 0;
  const literal = (value: string): void => {
    if (value === '') return;
    const last = pieces.at(-1);
    if (last?.kind === 'text') last.text += value;
    else pieces.push({ kind: 'text', text: value });
  };
  for (const match of text.matchAll(DOLLAR)) {
    const [source, braced, bare] = match;
    const start = match.index;
    const end = start + source.length;
    literal(text.slice(done, start));
    done = end;
    if (source === '$$') literal('$');
    else if (bare !== undefined && source === text) {
      whole = true;
      pieces.push({ kind: 'variable', name: bare, start, end });
    } else if (braced !== undefined && VARIABLE_NAME.test(braced)) {
      pieces.push({ kind: 'variable', name: braced, start, end });
    } else {
      mistakes.push({ message: describeMistake(braced, bare), start, end });
      literal(source);
    }
  }
  literal(text.slice(done));
  return { pieces, whole, mistakes };
}

function describeMistake(braced: string | undefined, bare: string | undefined): string {
  if (bare !== undefined)
    return `inside text a variable is written \${${bare}}; received $${bare}. A dollar is written $$.`;
  if (braced !== undefined)
    return `"\${${braced}}" names no variable: a name has letters, digits and "_". A dollar is written $$.`;
  return 'a "$" must start a variable: $name, or ${name} inside text. A dollar is written $$.';
}
