import type { YAMLError } from 'yaml';

/** A plain sentence for an error of the YAML parser. */
export function describeYamlError({ code, message, pos }: YAMLError, text: string): string {
  const found = text.slice(pos[0], pos[1]);
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with spaces: YAML does not allow tabs here.';
    case 'BAD_INDENT':
      return describeIndent(message);
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return (
        describeGlued(lineAt(text, pos[0])) ??
        'a "key:" can\'t follow here. Put it on a line of its own, indented like its siblings; text that contains ": " needs quotes.'
      );
    case 'MISSING_CHAR':
      return describeMissing(message);
    case 'MULTIPLE_DOCS':
      return 'one file holds one study: remove the "---" and what follows it.';
    case 'TAG_RESOLVE_FAILED':
      return `unknown tag ${found.trim()}: a spec has no tags. Text that starts with "!" needs quotes.`;
    case 'BAD_SCALAR_START':
      return `text that starts with "${found}" needs quotes.`;
    case 'BAD_DQ_ESCAPE':
      return `unknown escape "${found.trim()}" in double quotes. Write a backslash as "\\\\", or use single quotes.`;
    case 'MULTIPLE_ANCHORS':
      return 'a value can have one &anchor only.';
    case 'ALIAS_PROPS':
      return 'an *alias can have no &anchor or tag of its own.';
    case 'BLOCK_IN_FLOW':
      return /: |:$/.test(found)
        ? 'inside [ ] or { }, entries need commas between them, and maps need { }; text that contains ": " needs quotes.'
        : 'inside [ ] or { }, lists and maps need brackets too.';
    case 'UNEXPECTED_TOKEN':
      return text[pos[0] - 1] === '$' && found.startsWith('{')
        ? 'inside [ ] or { }, text that contains "${…}" needs quotes.'
        : `unexpected ${JSON.stringify(found.trim() === '' ? (/"(.*)"$/.exec(message)?.[1] ?? found) : found)}. Check the commas, brackets and quotes before it; text with special characters needs quotes.`;
    default:
      return `invalid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}.`;
  }
}

/** What is wrong with a line that the parser takes for text because a blank is missing or it is a list item. */
function describeGlued(line: string): string | undefined {
  const key = /^([\w.-]+):(\S.*)$/.exec(line);
  if (key !== null) return `a blank is missing after the colon: "${key[1]}: ${key[2]}".`;
  const item = /^-([^\s-].*)$/.exec(line);
  if (item !== null) return `a blank is missing after the dash: "- ${item[1]}".`;
  if (line.startsWith('- ')) {
    return "a list item can't follow here: the items of one list must start in the same column, below their key.";
  }
  return undefined;
}

/** The line around an offset, without the blanks around it. */
function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? undefined : end).trim();
}

function describeIndent(message: string): string {
  if (/mapping items/.test(message)) {
    return 'wrong indentation: the keys of one map must start in the same column.';
  }
  if (/sequence items/.test(message)) {
    return 'wrong indentation: the items of one list must start in the same column.';
  }
  const closing = /end with a (.)/.exec(message)?.[1];
  if (closing !== undefined) return `"${closing}" is missing, or is indented less than the line that opened it.`;
  return `wrong indentation: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
}

function describeMissing(message: string): string {
  const quote = /Missing closing (.)quote/.exec(message)?.[1];
  if (quote !== undefined) return `a text in ${quote === '"' ? 'double' : 'single'} quotes is not closed.`;
  const closing = /end with a (.)/.exec(message)?.[1];
  if (closing !== undefined) return `"${closing}" is missing.`;
  if (/followed by map values/.test(message)) return '":" is missing after this key.';
  return `invalid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
}
