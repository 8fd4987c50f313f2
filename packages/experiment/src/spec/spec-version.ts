/** The version of the spec that is read here. */
export const SPEC_VERSION = 1;
