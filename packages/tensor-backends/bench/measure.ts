/**
 * Milliseconds: of this process's processor time, which on an idle machine is the wall clock's for one thread, and on a
 * busy one is not other programs' doing.
 */
export function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One thing to time. `run` computes once; what it allocates it disposes of. */
export interface Subject {
  name: string;
  run(): void;
}

/**
 * Median milliseconds of each subject. Subjects alternate within each round, so that whatever else the machine does
 * meanwhile meets all of them: their ratios hold where the times do not.
 */
export function medians(subjects: readonly Subject[], rounds: number, warmUp = 5): Map<string, number> {
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, run } of subjects) {
      const start = now();
      run();
      if (round >= 0) times.get(name)?.push(now() - start);
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
