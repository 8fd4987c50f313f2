export { baseJsonSchema, studyJsonSchema } from '../json-schema/study-json-schema.ts';
export type { JsonSchema } from '../json-schema/json-schema.ts';
export { type MigratedStudy, type Migration, migrateStudy, migrations } from '../migrate/migrate-study.ts';
export { canonicalJson } from '../plan/canonical-json.ts';
export { diffPlans, formatPlanDifferences, type PlanDifferences } from '../plan/diff-plans.ts';
export { type Difference, differences, formatDifference } from '../plan/differences.ts';
export { type Environment, type KnownEnvironment, type Versions, versionsSchema } from '../plan/environment.ts';
export { explainRerun, type RecordedRun } from '../plan/explain-rerun.ts';
export { fingerprint } from '../plan/fingerprint.ts';
export { OverrideError, type Overrides } from '../plan/overrides.ts';
export { type Plan, type PlanRun, type PlanVariant, planStudy } from '../plan/plan.ts';
export type { Shard } from '../plan/shard.ts';
export { trainingView } from '../plan/training-view.ts';
export { resolveConfig } from '../plan/resolve-config.ts';
export { graphSchema, type RunConfig, runConfigSchema } from '../plan/run-config.ts';
export { workersFor } from '../plan/workers-for.ts';
export {
  type AnalysisDescription,
  type AnalysisName,
  type AnalysisRequest,
  type AnalysisSource,
  analyses,
  isRecorded,
  recordOptionsSchema,
  sourcesOf,
} from '../spec/analyses.ts';
export { type Claim, claimSchema, claimsSchema } from '../spec/claims.ts';
export { matchSchema, type VariantMatch } from '../spec/match-variant.ts';
export {
  describeMetric,
  type MetricDescription,
  type MetricName,
  metricNames,
  metrics,
} from '../spec/metrics.ts';
export { type LoadedPlugin, type PluginResult, pluginsSchema } from '../spec/plugins.ts';
export { type Origin, type OriginEntry, OriginMap, type SpecPath } from '../spec/origin.ts';
export { formatProblems, SpecError, type SpecProblem, sortProblems } from '../spec/problem.ts';
export { resolvePath } from '../spec/file-path.ts';
export type { ReadFailure, ReadFile, SpecSource } from '../spec/read-files.ts';
export { readStudy, type Study, type StudySpec } from '../spec/read-study.ts';
export type { StudyVariant } from '../spec/read-variant.ts';
export { type ResolvedSpec, type ResolvedVariant, resolveSpec } from '../spec/resolve.ts';
export { SPEC_VERSION } from '../spec/spec-version.ts';
export { studySchema } from '../spec/study-schema.ts';
export { type WorkersRequest, workersSchema } from '../spec/workers.ts';
export { type ZodProblemOptions, zodProblems } from '../spec/zod-problems.ts';
export { compareRuns } from './compare-runs.ts';
export {
  type ComparedVariant,
  type Comparison,
  comparedVariantSchema,
  comparisonSchema,
  type Estimate,
  estimateSchema,
  type JudgedClaim,
  judgedClaimSchema,
  type RunEnvironment,
  runEnvironmentSchema,
} from './comparison.ts';
export { type DifferenceFromFirst, differencesFromFirst } from './differences-from-first.ts';
export { judgeClaim } from './judge-claim.ts';
export { runNotes } from './run-notes.ts';
export { type MeasuredRun, metricValue, type RunRecord } from './metric-value.ts';
export {
  backendNameSchema,
  machineSchema,
  type Predictions,
  predictionsSchema,
  type RunMetrics,
  type RunResult,
  runMetricsSchema,
  runResultSchema,
  type Timings,
  timingsSchema,
} from './results.ts';
