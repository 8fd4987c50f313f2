export { type Origin, type OriginEntry, OriginMap, type SpecPath } from '../spec/origin.ts';
export { formatProblems, SpecError, type SpecProblem, sortProblems } from '../spec/problem.ts';
export { type ResolvedSpec, type ResolvedVariant, resolveSpec, type SpecSource } from '../spec/resolve.ts';
export { type ZodProblemOptions, zodProblems } from '../spec/zod-problems.ts';
