import { Lexer } from 'yaml';

/** Levels of brackets, and of list dashes on a line, that a study can't need. */
const MAX_LEVELS = 64;
/** Columns of indentation that a study can't need. */
const MAX_INDENT = 256;

/**
 * The offset at which a text nests deeper than a parser can follow without exhausting its stack, or null. Reads tokens
 * only, so that it is safe on any text.
 */
export function findDeepNesting(text: string): number | null {
  let offset = 0;
  let brackets = 0;
  let indicators = 0;
  let lineStart = true;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    // Control characters mark documents and scalars and stand for no text.
    if (token === '\u001F') {
      scalar = true;
      continue;
    }
    if (token === '\u0002' || token === '\u0018') continue;
    if (!scalar) {
      if (token === '[' || token === '{') brackets++;
      else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
      else if (brackets === 0 && (token === '-' || token === '?' || token === ':')) indicators++;
      if (brackets > MAX_LEVELS || indicators > MAX_LEVELS) return offset;
      if (lineStart && token.length > MAX_INDENT && token.trim() === '') return offset;
    }
    scalar = false;
    lineStart = token.endsWith('\n');
    if (lineStart) indicators = 0;
    offset += token.length;
  }
  return null;
}
