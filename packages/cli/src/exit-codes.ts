/** What the process says to a script. */
export const exitCodes = {
  done: 0,
  /** A run failed, or the study was stopped before its end. */
  failed: 1,
  /** `diff`: the studies differ. */
  different: 1,
  /** `run --check-claims`: every run is done, and a claim did not hold or could not be decided. */
  claimFailed: 3,
  /** The spec or the command line is wrong; nothing was run. */
  wrong: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
