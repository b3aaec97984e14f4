import { ecg, type LeadName } from './electrocardiogram.ts';

/** A4 lying, in points. */
const page = { width: 842, height: 595 };
const pointsPerMm = 72 / 25.4;
const layout: readonly (readonly LeadName[])[] = [
  ['I', 'aVR', 'V1', 'V4'],
  ['II', 'aVL', 'V2', 'V5'],
  ['III', 'aVF', 'V3', 'V6'],
];
const stripSeconds = 2.5;

/**
 * An ECG report as a PDF of one page: text, and the leads on millimetre paper, 25 mm/s and 10 mm/mV. Written by hand and
 * uncompressed, which a reader of the bytes may find pleasant; Latin text only, in a font that every viewer has.
 */
export function writeEcgReport(lines: readonly string[], leads: Readonly<Record<LeadName, Int16Array>>): Buffer {
  const drawing = [paper(), ...traces(leads), text(lines)].join('\n');
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
    `<< /Length ${Buffer.byteLength(drawing, 'latin1')} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ]);
}

const area = { left: 60, bottom: 40, widthMm: 252, heightMm: 136 };
const rowMm = area.heightMm / 4;

function paper(): string {
  const lines: string[] = [];
  for (const [step, color, width] of [
    [1, '1 0.86 0.86', 0.25],
    [5, '0.95 0.66 0.66', 0.5],
  ] as const) {
    lines.push(`${color} RG ${width} w`);
    for (let mm = 0; mm <= area.widthMm; mm += step) {
      const x = points(area.left, mm);
      lines.push(`${x} ${area.bottom} m ${x} ${points(area.bottom, area.heightMm)} l`);
    }
    for (let mm = 0; mm <= area.heightMm; mm += step) {
      const y = points(area.bottom, mm);
      lines.push(`${area.left} ${y} m ${points(area.left, area.widthMm)} ${y} l`);
    }
    lines.push('S');
  }
  return lines.join('\n');
}

function traces(leads: Readonly<Record<LeadName, Int16Array>>): string[] {
  const found: string[] = ['0 0 0 RG 0.7 w'];
  for (const [row, names] of layout.entries()) {
    for (const [column, name] of names.entries()) {
      found.push(trace(name, leads[name], row, column * stripSeconds, stripSeconds));
    }
  }
  found.push(trace('II', leads.II, 3, 0, ecg.seconds));
  return found;
}

/** One lead: seconds run along 25 mm each, a millivolt is 10 mm. Every second sample is enough for paper. */
function trace(name: string, samples: Int16Array, row: number, from: number, seconds: number): string {
  const base = area.heightMm - (row + 0.55) * rowMm;
  const first = Math.round(from * ecg.samplesPerSecond);
  const parts: string[] = [];
  for (let i = 0; i < seconds * ecg.samplesPerSecond; i += 2) {
    const x = points(area.left, 1 + (from + i / ecg.samplesPerSecond) * 25);
    const y = points(area.bottom, base + (samples[first + i] ?? 0) / 100);
    parts.push(`${x} ${y} ${i === 0 ? 'm' : 'l'}`);
  }
  const label = `BT /F1 8 Tf ${points(area.left, 2 + from * 25)} ${points(area.bottom, base + rowMm * 0.38)} Td (${name}) Tj ET`;
  return `${parts.join(' ')} S\n${label}`;
}

function text(lines: readonly string[]): string {
  const shown = lines.map((line, i) => `${i === 0 ? '/F1 16 Tf' : '/F1 10 Tf'} (${escaped(line)}) Tj T*`);
  return `0 0 0 rg BT 16 TL ${area.left} ${page.height - 56} Td ${shown.join(' ')} ET`;
}

function escaped(line: string): string {
  return line.replace(/[\\()]/g, (character) => `\\${character}`);
}

function points(start: number, mm: number): string {
  return (start + mm * pointsPerMm).toFixed(2);
}

/** Header, objects, cross-reference table and trailer (ISO 32000-1 §7.5). */
function assemble(objects: readonly string[]): Buffer {
  const parts = ['%PDF-1.4\n'];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [i, object] of objects.entries()) {
    const part = `${i + 1} 0 obj\n${object}\nendobj\n`;
    offsets.push(length);
    length += Buffer.byteLength(part, 'latin1');
    parts.push(part);
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  parts.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`);
  parts.push(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`);
  return Buffer.from(parts.join(''), 'latin1');
}
