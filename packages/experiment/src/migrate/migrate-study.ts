import { Document, isMap, isScalar, parseDocument } from 'yaml';
import { SPEC_VERSION } from '../spec/spec-version.ts';

/** Brings a study from its version to the next, in place. `spec` is set afterwards. */
export type Migration = (document: Document) => void;

/** By the version that they start from. There is one version so far, so there is none. */
export const migrations: Readonly<Record<number, Migration>> = {};

/** A study of the newest version. */
export interface MigratedStudy {
  text: string;
  from: number;
  to: number;
}

/**
 * Rewrites a study of an older version; comments and the order of keys stay. A study of the newest version comes back as
 * it is, to the byte.
 *
 * @param registry One migration for each older version. Default: {@link migrations}.
 * @param newest Default: the version that is read here.
 * @throws Error if it is no YAML, has no version, or one that there is no way from.
 */
export function migrateStudy(
  text: string,
  registry: Readonly<Record<number, Migration>> = migrations,
  newest: number = SPEC_VERSION,
): MigratedStudy {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`migrate: the study must be valid YAML: ${error.message}`);
  const from = versionOf(document, newest);
  if (from === newest) return { text, from, to: newest };
  for (let version = from; version < newest; version++) {
    const migration = Object.hasOwn(registry, version) ? registry[version] : undefined;
    if (migration === undefined) {
      throw new Error(`migrate: there is no way from spec ${version} to spec ${version + 1}. Write the study anew.`);
    }
    migration(document);
    setVersion(document, version + 1);
  }
  return { text: document.toString({ lineWidth: 0, flowCollectionPadding: true }), from, to: newest };
}

function versionOf(document: Document, newest: number): number {
  const version = isMap(document.contents) ? document.get('spec') : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version >= 0 && version <= newest) return version;
  const received = version === undefined ? 'none' : JSON.stringify(version);
  throw new Error(`migrate: the study must have a version, \`spec\`, from 0 to ${newest}; received ${received}.`);
}

/** Keeps the comment beside it. */
function setVersion(document: Document, version: number): void {
  const node = document.get('spec', true);
  if (isScalar(node)) {
    node.value = version;
    delete node.source;
  } else document.set('spec', version);
}
