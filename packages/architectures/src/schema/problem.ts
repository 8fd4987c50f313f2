import type { z } from 'zod';
import type { AuthoredPath } from './graph.ts';

/** Something that a network as written gets wrong: data, so that who read the file can point at the place. */
export interface ArchitectureProblem {
  /** The place below `architecture`. */
  path: AuthoredPath;
  /** A sentence that stands alone; of an unknown name and of zod's findings, a short form of it. */
  message: string;
  /** Whether the key of that path is meant, or its value (default). */
  at?: 'key' | 'value';
  /** A name that nothing has, and those that there are. */
  unknown?: { what: 'layer' | 'architecture'; name: string; known: readonly string[] };
  /** What zod found; its paths go on from `path`. */
  zod?: z.core.$ZodError;
  /** The schema that found it. */
  schema?: z.core.$ZodType;
}

/** A problem that carries what zod found, worded by zod for who has nothing better. */
export function zodProblem(path: AuthoredPath, zod: z.core.$ZodError, schema: z.core.$ZodType): ArchitectureProblem {
  const findings = zod.issues.map(({ path: inner, message }) => [...inner.map(String), message].join(': '));
  return { path, message: findings.join('; '), zod, schema };
}
