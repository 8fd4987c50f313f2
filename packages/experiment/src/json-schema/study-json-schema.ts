import { analyses } from '../spec/analyses.ts';
import { studySchema, variantSchema } from '../spec/study-schema.ts';
import { type AuthoredMode, authored, mapValues, variableDefinitions } from './authored.ts';
import { conditional, inputJsonSchema, type JsonSchema, reference } from './json-schema.ts';
import { architectureSchema, familiesSchema, layerDefinitions } from './network-schemas.ts';
import { openedForPlugins, withOrWithoutPlugins } from './plugin-schemas.ts';

const BASE_TITLE = 'A base that ablation studies extend';
const DRAFT = 'http://json-schema.org/draft-07/schema#';

/**
 * The JSON Schema (draft 7) of a study as it is written, for editors: everything can be a variable, and in a file that
 * `extends` others nothing is required. In one with `plugins` any layer may stand; what plugins that are loaded bring is
 * in it. It knows each key, its values, description and default; what only the data or
 * the network can tell, `ablate validate` says.
 *
 * @param kind `base`: a file named `_…`, which others extend; nothing is required of it.
 */
export function studyJsonSchema(kind: 'study' | 'base' = 'study'): JsonSchema {
  return {
    $schema: DRAFT,
    title: kind === 'base' ? BASE_TITLE : 'An ablation study',
    type: 'object',
    ...(kind === 'base'
      ? withOrWithoutPlugins('partial')
      : conditional({ required: ['extends'] }, withOrWithoutPlugins('partial'), withOrWithoutPlugins('whole'))),
    definitions: openedForPlugins({
      whole: study('whole'),
      partial: study('partial'),
      ...sharedDefinitions('whole'),
      ...sharedDefinitions('partial'),
      variants: variantsSchema(),
      analysis: analysisSchema(),
      ...networkDefinitions(),
      ...variableDefinitions,
    }),
  };
}

/**
 * The schema of a base as a reference into that of studies.
 *
 * @param studySchemaFile Where the schema of studies stands, as seen from this one.
 */
export function baseJsonSchema(studySchemaFile: string): JsonSchema {
  return {
    $schema: DRAFT,
    title: BASE_TITLE,
    ...redirectedTo(studySchemaFile, withOrWithoutPlugins('partial')),
  };
}

function redirectedTo(file: string, schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', `${JSON.stringify(file).slice(0, -1)}#/`)) as JsonSchema;
}

function study(mode: AuthoredMode): JsonSchema {
  const { properties = {} } = inputJsonSchema(studySchema);
  const written = mapValues(properties, (part, key): JsonSchema => {
    switch (key) {
      // What is read before there are variables.
      case 'spec':
      case 'extends':
        return part;
      case 'variables':
        return {
          description: 'Values by name, for $name and ${name}. A list stands for a variant for each of its items.',
          type: 'object',
          propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        };
      case 'variants':
        return reference('variants');
      case 'architecture':
        return reference('partial-architecture');
      case 'analysis':
        return mode === 'partial' ? { anyOf: [reference('analysis'), { type: 'null' }] } : reference('analysis');
      case 'dataset':
      case 'training':
      case 'match':
        return reference(`${mode}-${key}`);
      default:
        return authored(part, mode);
    }
  });
  return {
    type: 'object',
    additionalProperties: false,
    ...(mode === 'whole' ? { required: ['spec', 'dataset', 'variants'] } : {}),
    properties: written,
  };
}

/** What is long, and stands in several places. */
function sharedDefinitions(mode: AuthoredMode): Record<string, JsonSchema> {
  const { dataset, training, match } = studySchema.shape;
  const schemas = Object.entries({ dataset, training, match });
  const written = Object.fromEntries(schemas.map(([key, part]) => [key, authored(inputJsonSchema(part), mode)]));
  if (mode === 'whole' && written['match'] !== undefined) written['match'] = withOneMeasure(written['match']);
  return Object.fromEntries(Object.entries(written).map(([key, part]) => [`${mode}-${key}`, part]));
}

/** What zod checks of a match, and JSON Schema has a keyword for. */
function withOneMeasure({ anyOf = [], ...match }: JsonSchema): JsonSchema {
  const oneOf = [{ required: ['parameters'] }, { required: ['macs'] }];
  return { ...match, anyOf: anyOf.map((option) => (option.type === 'object' ? { ...option, oneOf } : option)) };
}

function variantsSchema(): JsonSchema {
  const { properties = {} } = inputJsonSchema(variantSchema);
  const variant: JsonSchema = {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      ...mapValues(properties, (part) => authored(part, 'whole')),
      architecture: reference('partial-architecture'),
      training: reference('partial-training'),
      match: reference('partial-match'),
    },
  };
  return {
    description: 'The networks that are compared, by name. A name with ${name} stands for one for each item of a list.',
    type: 'object',
    minProperties: 1,
    propertyNames: {
      pattern: String.raw`^(?:[A-Za-z0-9._-]|\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Za-z_][A-Za-z0-9_]*$)+$`,
    },
    additionalProperties: variant,
  };
}

function analysisSchema(): JsonSchema {
  const names = Object.keys(analyses);
  const options = mapValues<{ summary: string; options: Parameters<typeof inputJsonSchema>[0] }, JsonSchema>(
    analyses,
    ({ summary, options: schema }) => ({
      description: summary,
      anyOf: [...(authored(inputJsonSchema(schema), 'whole').anyOf ?? []), { type: 'null' }],
    }),
  );
  const item: JsonSchema = {
    anyOf: [
      { enum: names },
      reference('text'),
      { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false, properties: options },
    ],
  };
  return {
    description: 'What is to be known beside the metrics; each a name, or a name with its options.',
    anyOf: [{ type: 'array', items: item }, reference('variable')],
    default: [],
  };
}

function networkDefinitions(): Record<string, JsonSchema> {
  return {
    'partial-families': familiesSchema(),
    'partial-architecture': architectureSchema('partial'),
    'authored-layers': { anyOf: [reference('layers'), reference('variable')] },
    ...layerDefinitions(),
  };
}
