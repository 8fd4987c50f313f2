import { expect, test } from 'vitest';
import { readDocument } from './document.ts';
import { LineStarts } from './line-starts.ts';

test('offsets in lines, at their ends, and outside of the text', () => {
  const lines = new LineStarts('ab\n\ncd\r\ne');
  const places = [-1, 0, 2, 3, 4, 6, 8, 9, 99].map((offset) => {
    const { line, column } = lines.place(offset);
    return `${line}:${column}`;
  });
  expect(places).toEqual(['1:1', '1:1', '1:3', '2:1', '3:1', '3:3', '4:1', '4:2', '4:2']);
});

test('a byte order mark takes no column', () => {
  expect(new LineStarts('\uFEFFab\nc').place(2)).toEqual({ line: 1, column: 2 });
  expect(new LineStarts('\uFEFFab\nc').place(4)).toEqual({ line: 2, column: 1 });
});

test('lines are counted on after an error of syntax', () => {
  const { problems } = readDocument('study.yaml', 'a:\n  }\nb\n    c:\n\n   \n  - d: [\n');
  expect(problems.at(-1)?.origin.line).toBe(8);
});
