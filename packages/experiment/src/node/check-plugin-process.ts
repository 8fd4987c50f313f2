/* The process in which a plugin's layers are put through the contract: started by checkPlugin. */
import process from 'node:process';
import { createLayer, definePlugin, type LayerPlugin } from '@ablate/layers';
import { type CheckResult, checkLayer, checkNames, type LayerCase, type LayerSubject } from '@ablate/layers/contract';
import { backendRequestSchema } from '@ablate/tensor-backends/schema';
import type { CheckedPlugin, FromCheck } from './check-plugin.ts';
import { readPlugin } from './read-plugin.ts';

/** Where a plugin has no `cases`: an image, and a vector where that has too many dimensions. */
const INPUTS = [[4, 4, 3], [6]];

const [path = '', ...backends] = process.argv.slice(2);
const answer = await check().then(
  (checked): FromCheck => ({ type: 'checked', checked }),
  (error: unknown): FromCheck => ({ type: 'failed', error: error instanceof Error ? error.message : String(error) }),
);
process.send?.(answer, undefined, undefined, () => process.disconnect());

async function check(): Promise<CheckedPlugin> {
  const { layers } = await readPlugin(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' && error.path === path
        ? `plugin "${path}": there is no such file.`
        : `plugin "${path}": ${error.message}`,
    );
  });
  const results: CheckResult[] = [];
  for (const plugin of layers) {
    definePlugin(plugin, path);
    for (const backend of backends) {
      results.push(...(await checkLayer(subjectOf(plugin), casesOf(plugin), { backend: nameOf(backend) })));
    }
  }
  return { checks: checkNames, layers: layers.map(({ descriptor }) => descriptor.type), results };
}

function subjectOf({ descriptor, reference }: LayerPlugin): LayerSubject {
  const create: LayerSubject['create'] = (args, name) => createLayer(descriptor.type, args, name);
  return { descriptor, create, ...(reference && { reference }) };
}

/** @throws Error if it has none, and can't do without arguments or with the usual inputs. */
function casesOf({ descriptor, cases }: LayerPlugin): readonly LayerCase[] {
  if (cases !== undefined && cases.length > 0) return cases;
  const args = descriptor.args.safeParse({});
  const inputs = INPUTS.find((shape) => {
    try {
      return args.success && descriptor.outputShape(args.data, [shape]).length > 0;
    } catch {
      return false;
    }
  });
  if (inputs !== undefined) return [{ args: {}, inputs: [inputs] }];
  throw new Error(
    `plugin "${path}": "${descriptor.type}" needs arguments or other inputs than [4, 4, 3]. Say with which to try it: \`cases: [{ args: { … }, inputs: [[4, 4, 3]] }]\` beside its descriptor.`,
  );
}

function nameOf(backend: string) {
  const parsed = backendRequestSchema.safeParse(backend);
  if (parsed.success) return parsed.data;
  throw new Error(`backend must be one of ${backendRequestSchema.options.join(', ')}; received "${backend}".`);
}
