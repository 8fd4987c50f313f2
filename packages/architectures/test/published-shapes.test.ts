import { expect, test } from 'vitest';
import { architectureNames, buildGraph, inspectGraph } from '../src/schema/index.ts';
import { publishedShapes } from './published-shapes.ts';

test('every architecture has published shapes', () => {
  const named = publishedShapes.flatMap(({ names }) => names);
  expect(named.toSorted()).toEqual([...architectureNames].toSorted());
});

const each = publishedShapes.flatMap((published) => published.names.map((name) => ({ ...published, name })));

test.each(each)('$name: feature maps as in $from', ({ name, inputShape, shapes }) => {
  const classes = inputShape[0] === 224 ? 1000 : 10;
  const { graph, problems } = buildGraph({ name }, { inputShape, classes });
  expect(problems).toEqual([]);
  const facts = graph === null ? [] : inspectGraph(graph);
  const last = (id: string) => facts.findLast((node) => node.id === id || /^[/_]/.test(after(node.id, id)));
  const found = Object.keys(shapes).map((id) => [id, last(id)?.outputShape]);
  expect(Object.fromEntries(found)).toEqual(shapes);
  expect(facts.at(-1)?.outputShape).toEqual([classes]);
});

/** What follows a part of an id; nothing where the id does not start with it. */
function after(id: string, part: string): string {
  return id.startsWith(part) ? id.slice(part.length) : '';
}
