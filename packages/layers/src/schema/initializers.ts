/** Initializers by tf.layers' names (`heNormal` and its kin draw truncated normals, as Keras does). */
export const initializerNames = [
  'zeros',
  'ones',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'leCunUniform',
  'leCunNormal',
] as const;
export type InitializerName = (typeof initializerNames)[number];
