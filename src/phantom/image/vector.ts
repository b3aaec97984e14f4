/** x to the patient's left, y to the back, z to the head: millimetres, the patient coordinate system of PS3.3 C.7.6.2.1.1. */
export type Vec3 = readonly [number, number, number];

export function mix(a: Vec3, b: Vec3, share: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** Distance of a point from the surface of a rod whose radius goes from one end's to the other's: negative inside. */
export function distanceToSegment(
  x: number,
  y: number,
  z: number,
  from: Vec3,
  to: Vec3,
  radiusFrom: number,
  radiusTo: number,
): number {
  const ax = to[0] - from[0];
  const ay = to[1] - from[1];
  const az = to[2] - from[2];
  const px = x - from[0];
  const py = y - from[1];
  const pz = z - from[2];
  const length = ax * ax + ay * ay + az * az;
  const t = length === 0 ? 0 : clamp((px * ax + py * ay + pz * az) / length, 0, 1);
  const dx = px - ax * t;
  const dy = py - ay * t;
  const dz = pz - az * t;
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - (radiusFrom + (radiusTo - radiusFrom) * t);
}
