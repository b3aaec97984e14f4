import { createGrain } from '../image/random.ts';

/** Height of each wave in a lead, in microvolts: P, Q, R, S, T. */
type Waves = readonly [number, number, number, number, number];

/** The twelve leads in their usual order. III and the augmented leads follow from I and II. */
export const leadNames = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
export type LeadName = (typeof leadNames)[number];

const measured: Readonly<Record<'I' | 'II' | 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6', Waves>> = {
  I: [90, -60, 780, -140, 230],
  II: [150, -80, 1120, -190, 320],
  V1: [60, 0, 260, -980, -90],
  V2: [70, 0, 520, -1480, 420],
  V3: [75, -20, 880, -900, 520],
  V4: [80, -60, 1420, -520, 480],
  V5: [80, -90, 1350, -260, 390],
  V6: [75, -90, 1050, -120, 290],
};

/** When each wave peaks and how long it is, in seconds from the beginning of the beat. */
const timing = [
  { peak: 0.12, width: 0.024 },
  { peak: 0.252, width: 0.009 },
  { peak: 0.272, width: 0.0115 },
  { peak: 0.296, width: 0.011 },
  { peak: 0.545, width: 0.052 },
];

export const ecg = { samplesPerSecond: 500, seconds: 10, beatSeconds: 0.968 };

/** Ten seconds at rest: microvolts, a row of samples for each lead. */
export function computeLeads(): Readonly<Record<LeadName, Int16Array>> {
  const count = ecg.samplesPerSecond * ecg.seconds;
  const grain = createGrain(77, 256, 1);
  const trace = (waves: Waves, seed: number): Int16Array =>
    Int16Array.from({ length: count }, (_, i) => {
      const t = i / ecg.samplesPerSecond;
      const drift = 18 * Math.sin(t * 1.45 + seed) + 5 * (grain[(i + seed * 5003) & 0xffff] ?? 0);
      return Math.round(beat(waves, t % ecg.beatSeconds) + drift);
    });
  const one = trace(measured.I, 1);
  const two = trace(measured.II, 2);
  const combine = (a: number, b: number): Int16Array =>
    Int16Array.from({ length: count }, (_, i) => Math.round(a * (one[i] ?? 0) + b * (two[i] ?? 0)));
  return {
    I: one,
    II: two,
    III: combine(-1, 1),
    aVR: combine(-0.5, -0.5),
    aVL: combine(1, -0.5),
    aVF: combine(-0.5, 1),
    V1: trace(measured.V1, 3),
    V2: trace(measured.V2, 4),
    V3: trace(measured.V3, 5),
    V4: trace(measured.V4, 6),
    V5: trace(measured.V5, 7),
    V6: trace(measured.V6, 8),
  };
}

function beat(waves: Waves, t: number): number {
  let sum = 0;
  for (const [i, { peak, width }] of timing.entries()) {
    const away = (t - peak) / width;
    if (away > -5 && away < 5) sum += (waves[i] ?? 0) * Math.exp(-0.5 * away * away);
  }
  return sum;
}
