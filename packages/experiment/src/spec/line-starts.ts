/**
 * Lines and columns of a text, 1-based, by offset. The parser's own counter skips lines after errors of syntax. A line
 * ends with a line feed, as YAML's do in practice; a mark at the start of the text takes no column.
 */
export class LineStarts {
  readonly #starts: number[] = [0];
  readonly #length: number;
  readonly #mark: number;

  constructor(text: string) {
    this.#length = text.length;
    this.#mark = text.startsWith('\uFEFF') ? 1 : 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** Offsets outside of the text count as its start or end. */
  place(offset: number): { line: number; column: number } {
    const at = Math.min(Math.max(offset, 0), this.#length);
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    const column = at - (this.#starts[low] ?? 0) + 1;
    return { line: low + 1, column: low === 0 ? Math.max(1, column - this.#mark) : column };
  }
}
