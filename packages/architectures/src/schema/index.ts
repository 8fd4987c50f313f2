export { architectureNames, architectureSchemas, architectures } from './architectures.ts';
export { blockSchemas, layerNameSchema, layerScaleSchema } from './block-schemas.ts';
export { type BuiltGraph, buildGraph, layersSchema, type NetworkContext } from './build-graph.ts';
export type { AuthoredLayer, Family } from './families/family.ts';
export { type AuthoredPath, type Graph, type GraphNode, INPUT } from './graph.ts';
export { countParameters, inspectGraph, type NodeFacts, type ParameterCount } from './inspect.ts';
export type { BrokenEntry, Entry, LayerEntry, ParallelEntry, ResidualEntry } from './layer-entry.ts';
export { knownLayerTypes, type NormalizedLayers, normalizeLayers } from './normalize-layers.ts';
export type { ArchitectureProblem } from './problem.ts';
