import { createGrain } from '../image/random.ts';
import { distanceToEllipse } from '../image/slice-canvas.ts';
import { clamp, smoothStep } from '../image/vector.ts';

/** Where the fan of the beams lies in the picture: PS3.3 C.8.5.5 describes it to readers with these numbers. */
export interface UltrasoundFan {
  readonly columns: number;
  readonly rows: number;
  readonly mmPerPixel: number;
  /** Pixel at which the beams meet. */
  readonly apex: readonly [number, number];
  readonly depthMm: number;
}

export const fan: UltrasoundFan = { columns: 352, rows: 288, mmPerPixel: 0.58, apex: [172, 6], depthMm: 150 };

const halfAngle = 0.66;
const speckleSize = 256;
const traceRow = 268;

/** The heart at one moment of its beat, seen from its tip: distances in millimetres, negative inside. */
interface Heart {
  readonly blood: (x: number, z: number) => number;
  readonly wall: (x: number, z: number) => number;
  readonly valves: (x: number, z: number) => number;
  /** Speed towards the probe where blood flows fast, -1 to 1. */
  readonly flow: (x: number, z: number) => number;
}

/**
 * Draws frames of an apical four-chamber view with colour Doppler, as RGB: the left heart on the right, atria below.
 *
 * @returns A function of the part of the beat, 0 to 1 (the ventricles squeeze until 0.38), and whether flow is coloured.
 */
export function createEchoPainter(): (phase: number, doppler: boolean) => Uint8Array {
  const beams = createBeams();
  const speckle = createSpeckle();
  return (phase, doppler) => {
    const pixels = new Uint8Array(fan.columns * fan.rows * 3);
    const heart = createHeart(phase);
    // Speckle moves with the tissue, which the eye takes for life.
    const drift = Math.round(3 * Math.sin(phase * 2 * Math.PI)) * speckleSize;
    for (let i = 0; i < beams.count; i++) {
      const x = beams.x[i] ?? 0;
      const z = beams.z[i] ?? 0;
      const grain = speckle[((beams.grainAt[i] ?? 0) + drift) & (speckle.length - 1)] ?? 1;
      const wall = heart.wall(x, z);
      const blood = wall < 0 ? heart.blood(x, z) : 9;
      const value = 255 * clamp(echoLevel(heart, x, z, beams.r[i] ?? 0, wall, blood) * (0.42 + 0.6 * grain), 0, 1);
      const at = (beams.index[i] ?? 0) * 3;
      pixels[at] = value;
      pixels[at + 1] = value;
      pixels[at + 2] = value;
      if (doppler && blood < -0.6 && inDopplerBox(z, beams.angle[i] ?? 0)) {
        colourFlow(pixels, at, heart.flow(x, z), grain);
      }
    }
    if (doppler) paintScale(pixels);
    paintTrace(pixels, phase);
    return pixels;
  };
}

/** The pixels within the fan, which are the same for every frame: one array for each of their properties. */
interface Beams {
  readonly count: number;
  readonly index: Int32Array;
  readonly x: Float32Array;
  readonly z: Float32Array;
  readonly r: Float32Array;
  readonly angle: Float32Array;
  /** Their places in the speckle, which lies along the beams. */
  readonly grainAt: Int32Array;
}

function createBeams(): Beams {
  const size = fan.columns * fan.rows;
  const place = () => new Float32Array(size);
  const beams = {
    index: new Int32Array(size),
    x: place(),
    z: place(),
    r: place(),
    angle: place(),
    grainAt: new Int32Array(size),
  };
  let count = 0;
  for (let index = 0; index < size; index++) {
    const column = index % fan.columns;
    const x = (column - fan.apex[0]) * fan.mmPerPixel;
    const z = ((index - column) / fan.columns - fan.apex[1]) * fan.mmPerPixel;
    const r = Math.sqrt(x * x + z * z);
    if (r < 3 || r > fan.depthMm || Math.abs(x) > z * Math.tan(halfAngle)) continue;
    const angle = Math.atan2(x, z);
    beams.index[count] = index;
    beams.x[count] = x;
    beams.z[count] = z;
    beams.r[count] = r;
    beams.angle[count] = angle;
    beams.grainAt[count] = (Math.floor(r * 1.5) & 255) * speckleSize + (Math.floor((angle + 1) * 130) & 255);
    count++;
  }
  return { ...beams, count };
}

/** Rayleigh: what many small scatterers make of a coherent beam. */
function createSpeckle(): Float32Array {
  const real = createGrain(31, speckleSize, 1);
  const imaginary = createGrain(32, speckleSize, 1);
  return real.map((value, i) => Math.sqrt(value * value + (imaginary[i] ?? 0) ** 2) / 1.5);
}

function createHeart(phase: number): Heart {
  const squeeze = smoothStep(0, 0.34, phase) * (1 - smoothStep(0.42, 0.7, phase));
  const annulus = 97 - 12 * squeeze;
  const shift = 4 * squeeze;
  const left = distanceToEllipse({
    centre: [20, 64 - shift],
    radii: [19 - 8 * squeeze, annulus - 62],
    rotation: -0.12,
    squareness: 0.1,
  });
  const right = distanceToEllipse({
    centre: [-20 + shift, 69 - shift],
    radii: [15 - 4 * squeeze, annulus - 68],
    rotation: 0.2,
    squareness: 0.1,
  });
  const atrium = distanceToEllipse({
    centre: [22, annulus + 21],
    radii: [18 + 3 * squeeze, 19 + 3 * squeeze],
    squareness: 0.2,
  });
  const whole = distanceToEllipse({ centre: [0, 68], radii: [51 - 2 * squeeze, 53], squareness: 0.2 });
  const bases = distanceToEllipse({ centre: [0, annulus + 22], radii: [47, 28], squareness: 0.4 });
  const inflow = distanceToEllipse({ centre: [21, annulus], radii: [11, 9] });
  const open = smoothStep(0.44, 0.52, phase) * (1 - smoothStep(0.94, 1, phase));
  return {
    blood: (x, z) => {
      // The right side is the mirror of the left but for its ventricle.
      const chamber = Math.min(x > -2 ? left(x, z) : right(x, z), atrium(Math.abs(x), z));
      return open > 0.2 && Math.abs(z - annulus) < 11 ? Math.min(chamber, inflow(Math.abs(x), z)) : chamber;
    },
    wall: (x, z) => Math.min(whole(x, z), bases(x, z)),
    valves: (x, z) => leaflet(Math.abs(Math.abs(x) - 21), z - annulus, open),
    flow: createFlow(phase, annulus),
  };
}

/** The two leaflets of a valve, from the rim 11 mm aside to the middle: across when shut, along the flow when open. */
function leaflet(aside: number, below: number, open: number): number {
  if (aside > 11 || Math.abs(below) > 22 || (open > 0.3 && aside < 3)) return 9;
  const tip = 1 - aside / 11;
  const rest = below + 2 + open * tip * 17 - (1 - open) * tip * 4;
  return Math.abs(rest) / (1 + open * 1.3) - 0.9;
}

/** Blood enters the ventricles early and late in diastole, leaves them in systole; a little of it comes back. */
function createFlow(phase: number, annulus: number): (x: number, z: number) => number {
  const pulse = (a: number, b: number, c: number, d: number): number =>
    smoothStep(a, b, phase) * (1 - smoothStep(c, d, phase));
  const fill = pulse(0.46, 0.56, 0.62, 0.76) + 0.7 * pulse(0.8, 0.86, 0.9, 0.97);
  const eject = pulse(0.03, 0.12, 0.26, 0.38);
  const jet = (x: number, z: number, cx: number, cz: number, rx: number, rz: number): number => {
    const u = (x - cx) / rx;
    const w = (z - cz) / rz;
    const rest = 1 - u * u - w * w;
    return rest > 0 ? rest : 0;
  };
  if (fill === 0 && eject === 0) return () => 0;
  return (x, z) =>
    fill * (jet(x, z, 19, annulus - 22, 13, 34) + 0.6 * jet(x, z, -21, annulus - 17, 11, 26)) -
    eject * (jet(x, z, 8, annulus - 18, 11, 28) + 0.75 * jet(x, z, 24, annulus + 15, 7, 18));
}

function echoLevel(heart: Heart, x: number, z: number, r: number, wall: number, blood: number): number {
  const fade = 1 - 0.35 * (r / fan.depthMm);
  if (Math.abs(wall - 1.4) < 1.1) return 0.95 * fade; // the sac around the heart
  if (wall >= 0) return fade * (0.3 * (1 - 0.55 * smoothStep(0, 24, wall)) + 0.25 * smoothStep(14, 5, r));
  if (blood < 6 && heart.valves(x, z) < 0) return 0.85 * fade;
  // The inner face of the wall mirrors the beam.
  const tissue = 0.44 + 0.3 * smoothStep(2.4, 0.4, Math.abs(blood));
  return fade * (tissue + (0.03 - tissue) * smoothStep(0.7, -0.7, blood));
}

function inDopplerBox(z: number, angle: number): boolean {
  return z > 34 && z < 138 && angle > -0.42 && angle < 0.5;
}

function colourFlow(pixels: Uint8Array, at: number, flow: number, grain: number): void {
  const speed = flow * (0.6 + 0.45 * grain);
  if (Math.abs(speed) < 0.16) return;
  pixels.set(colourOf(clamp(speed * 1.15, -1, 1)), at);
}

/** Red to yellow towards the probe, blue to cyan away from it. */
function colourOf(speed: number): readonly [number, number, number] {
  const fast = Math.abs(speed);
  const main = 90 + 165 * Math.min(1, fast * 1.4);
  const second = 235 * smoothStep(0.4, 1, fast);
  return speed > 0 ? [main, second, 0] : [0, second, main];
}

function paintScale(pixels: Uint8Array): void {
  for (let row = 20; row < 110; row++) {
    const colour = colourOf(clamp((65 - row) / 44, -1, 1));
    for (let column = 330; column < 342; column++) {
      pixels.set(Math.abs(row - 65) < 3 ? [0, 0, 0] : colour, (row * fan.columns + column) * 3);
    }
  }
}

/** The heart's current, as a line below: P, QRS and T, and a dot where the frame was taken. */
function paintTrace(pixels: Uint8Array, phase: number): void {
  const beat = (t: number): number => {
    const wave = (middle: number, width: number, height: number): number =>
      height * Math.exp(-(((t - middle) / width) ** 2));
    return (
      wave(0.84, 0.035, 2.5) +
      wave(0.985, 0.012, -3) +
      wave(0.015, 0.013, 16) +
      wave(1.015, 0.013, 16) +
      wave(0.045, 0.014, -4) +
      wave(0.32, 0.05, 4.5)
    );
  };
  const last = fan.columns - 24;
  for (let column = 24; column < last; column++) {
    const at = (c: number): number => beat((((c - 24) / (last - 24)) * 2.5) % 1);
    const from = Math.round(traceRow - at(column));
    const to = Math.round(traceRow - at(column - 1));
    for (let row = Math.min(from, to); row <= Math.max(from, to); row++)
      pixels.set([70, 200, 120], (row * fan.columns + column) * 3);
  }
  const dot = 24 + Math.round(((1 + phase) / 2.5) * (last - 24));
  const row = Math.round(traceRow - beat(phase));
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++)
      if (dx * dx + dy * dy < 6) pixels.set([255, 240, 120], ((row + dy) * fan.columns + dot + dx) * 3);
  }
}
