import { z } from 'zod';
import type { NetworkContext } from '../build-graph.ts';

/** A layer as it is written in a list. */
export type AuthoredLayer = string | Record<string, unknown>;

/** A named architecture: options, and the list of layers that they stand for. */
export interface Family<Options = Record<string, unknown>> {
  /** One line for lists and editors. */
  readonly summary: string;
  /** Strict object of the options, `name` among them, each described and with its default. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  /** The layers, as a user would write them. */
  layers(options: Options, context: NetworkContext): AuthoredLayer[];
}

/** What {@link variantsOf} makes families of. */
export interface Variants<Variant, Options extends Record<string, unknown>> {
  /** What differs, by name. */
  readonly variants: Readonly<Record<string, Variant>>;
  summary(variant: Variant): string;
  /** The options, without `name`. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  layers(options: Options, variant: Variant, context: NetworkContext): AuthoredLayer[];
}

/** Architectures that one builder makes of data. They share one schema, whose `name` says which one is meant. */
export function variantsOf<Variant, Options extends Record<string, unknown>>(
  family: Variants<Variant, Options>,
): Record<string, Family> {
  const { variants, options } = family;
  const named = options.safeExtend({ name: z.enum(Object.keys(variants)) });
  return Object.fromEntries(
    Object.entries(variants).map(([name, variant]): [string, Family] => [
      name,
      {
        summary: family.summary(variant),
        options: named,
        layers(written, context) {
          const { name: _, ...rest } = written;
          return family.layers(rest as Options, variant, context);
        },
      },
    ]),
  );
}
