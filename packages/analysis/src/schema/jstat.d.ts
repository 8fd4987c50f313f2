/** The part of jStat (no types of its own) that is used here. */
declare module 'jstat' {
  const jStat: {
    studentt: { inv(probability: number, degrees: number): number; cdf(t: number, degrees: number): number };
    normal: {
      inv(probability: number, mean: number, std: number): number;
      cdf(x: number, mean: number, std: number): number;
    };
    gammaln(x: number): number;
  };
  export default jStat;
}
