/** Which loss, and what it needs. */
export type LossSettings =
  | { name: 'cross-entropy' }
  | { name: 'binary-cross-entropy' }
  | {
      name: 'focal';
      /** How much what is already right is turned down, from 0 (cross-entropy). */
      gamma: number;
    }
  | { name: 'mse' };

/**
 * The loss of one example and its gradient in the logits z, in double precision; t are its targets, p = softmax(z):
 * - `cross-entropy`: Σ t · −log p
 * - `focal`: Σ t · (1 − p)^gamma · −log p (Lin et al. 2017, with softmax in place of the sigmoid)
 * - `binary-cross-entropy`: mean over the classes of −t · log σ(z) − (1 − t) · log(1 − σ(z))
 * - `mse`: mean over the classes of (z − t)²
 */
export function rowLoss(
  settings: LossSettings,
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
): { loss: number; gradient: Float64Array } {
  switch (settings.name) {
    case 'cross-entropy':
      return focal(logits, targets, 0);
    case 'focal':
      return focal(logits, targets, settings.gamma);
    case 'binary-cross-entropy':
      return meanOf(logits, targets, (z, t) => {
        const small = Math.exp(-Math.abs(z));
        const sigmoid = z >= 0 ? 1 / (1 + small) : small / (1 + small);
        return [Math.max(z, 0) + Math.log1p(small) - t * z, sigmoid - t];
      });
    case 'mse':
      return meanOf(logits, targets, (z, t) => [(z - t) ** 2, 2 * (z - t)]);
  }
}

/**
 * With q = 1 − p: dL/dz_k = h_k − p_k · Σ h, where h = t · (gamma · p · q^(gamma − 1) · log p − q^gamma).
 * q is summed from the other classes: 1 − p would lose it where p is near 1.
 */
function focal(logits: ArrayLike<number>, targets: ArrayLike<number>, gamma: number) {
  const classes = logits.length;
  let shift = -Infinity;
  for (let c = 0; c < classes; c++) shift = Math.max(shift, logits[c] as number);
  const powers = Float64Array.from(logits, (z) => Math.exp(z - shift));
  const sum = powers.reduce((a, b) => a + b, 0);
  let loss = 0;
  let total = 0;
  const gradient = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    const t = targets[c] as number;
    if (t === 0) continue;
    const log = (logits[c] as number) - shift - Math.log(sum);
    const { factor, slope } = gamma === 0 ? { factor: 1, slope: 0 } : modulation(powers, c, sum, gamma);
    loss -= t * factor * log;
    const h = t * (slope * log - factor);
    gradient[c] = h;
    total += h;
  }
  for (let c = 0; c < classes; c++) gradient[c] = (gradient[c] as number) - ((powers[c] as number) / sum) * total;
  return { loss, gradient };
}

/** q^gamma, and gamma · p · q^(gamma − 1): its limit times log p, 0, where q is 0. */
function modulation(powers: Float64Array, c: number, sum: number, gamma: number): { factor: number; slope: number } {
  let others = 0;
  for (const [k, power] of powers.entries()) if (k !== c) others += power;
  const q = others / sum;
  if (q === 0) return { factor: 0, slope: 0 };
  const p = (powers[c] as number) / sum;
  return { factor: q ** gamma, slope: gamma * p * q ** (gamma - 1) };
}

function meanOf(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  of: (z: number, t: number) => [loss: number, slope: number],
) {
  const classes = logits.length;
  const gradient = new Float64Array(classes);
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    const [value, slope] = of(logits[c] as number, targets[c] as number);
    loss += value / classes;
    gradient[c] = slope / classes;
  }
  return { loss, gradient };
}
