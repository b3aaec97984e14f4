import { giveBack } from './read-buffers.ts';

/** What a scanner finds next: a part begins, some of its bytes, the part ends, the whole ends. */
export type MultipartEvent =
  | { readonly kind: 'part'; readonly headers: ReadonlyMap<string, string> }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'partEnd' }
  | { readonly kind: 'end' };

/** The bytes are not multipart/related, or they end too early. */
export class MultipartError extends Error {
  override readonly name = 'MultipartError';
  /** The bytes ended before the closing boundary. */
  readonly truncated: boolean;

  constructor(message: string, truncated = false) {
    super(message);
    this.truncated = truncated;
  }
}

/** Bounds of what has to be kept until it is understood. */
const maxPreambleBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;
const maxBoundaryLength = 250; // 70 by RFC 2046 §5.1.1
const maxPaddingBytes = 256;

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const hyphen = 0x2d;
const crlf: Buffer = Buffer.from('\r\n');
const lineFeed: Buffer = Buffer.from('\n');
const nothing: Buffer = Buffer.alloc(0);

/** The end of one read and the next. */
function putTogether(rest: Buffer, chunk: Buffer): Buffer {
  const both = Buffer.concat([rest, chunk]);
  giveBack(rest);
  giveBack(chunk);
  return both;
}

type State = 'preamble' | 'headers' | 'body' | 'done';

/** What stands behind `--boundary`: the rest of a boundary line, the closing hyphens, other bytes, or not enough to tell. */
type Ending =
  | { readonly kind: 'line'; readonly end: number; readonly eol: Buffer }
  | { readonly kind: 'close' | 'other' | 'unknown' };

/**
 * Takes multipart/related bytes apart (RFC 2046 §5.1), piece by piece as they come, in any chunking.
 *
 * Bytes of a part are passed on as views of the chunks that held them. Of a chunk's end only what may be the beginning
 * of a boundary is kept: never more than a boundary line. Data that looks like a boundary without being one stays data.
 *
 * Read as origins write it: without a boundary parameter the first line tells the boundary; lines that end with LF alone
 * are taken where the first boundary line ends so; what stands before the first and behind the last boundary is dropped.
 *
 * Use: `feed` a chunk, ask `next` until it says null, feed the next one; after the last `finish`.
 */
export class MultipartScanner {
  /** Two hyphens and the boundary; null until the first line told it. */
  #dashBoundary: Buffer | null;
  /** Line end of the first boundary line, and so of all. */
  #eol = crlf;
  /** A line end and `--boundary`: what ends a part. */
  #delimiter = nothing;
  #state: State = 'preamble';
  /** Fed and not yet told. */
  #rest = nothing;
  #dropped = 0;
  /** Right behind the headers a boundary may follow without a line end of its own: a part without a body. */
  #atBodyStart = false;
  readonly #pending: MultipartEvent[] = [];

  /** @param boundary - The parameter of Content-Type; null where there is none. */
  constructor(boundary: string | null) {
    this.#dashBoundary = boundary === null || boundary === '' ? null : Buffer.from(`--${boundary}`, 'latin1');
  }

  /** Adds bytes, which must not change afterwards, and which nobody else reads. */
  feed(chunk: Buffer): void {
    if (this.#state === 'done') return;
    this.#rest = this.#rest.length === 0 ? chunk : putTogether(this.#rest, chunk);
  }

  /** @throws {MultipartError} The closing boundary has not come. */
  finish(): void {
    if (this.#state !== 'done') throw new MultipartError('it ends before its closing boundary', true);
  }

  /**
   * The next event; null where more bytes are needed.
   *
   * @throws {MultipartError} Not multipart, or headers beyond their bound.
   */
  next(): MultipartEvent | null {
    const pending = this.#pending.shift();
    if (pending) return pending;
    if (this.#state === 'preamble') return this.#skipPreamble();
    if (this.#state === 'headers') return this.#readHeaders();
    return this.#state === 'body' ? this.#readBody() : null;
  }

  #skipPreamble(): MultipartEvent | null {
    this.#dashBoundary ??= this.#boundaryOfFirstLine();
    const dashBoundary = this.#dashBoundary;
    if (dashBoundary === null) return null;
    for (let at = this.#rest.indexOf(dashBoundary); at >= 0; at = this.#rest.indexOf(dashBoundary, at + 1)) {
      if (at === 0 ? this.#dropped > 0 : this.#rest[at - 1] !== lf) continue; // not at the start of a line
      const ending = this.#endingAt(at + dashBoundary.length, null);
      if (ending.kind === 'other') continue;
      if (ending.kind === 'unknown') return null;
      return this.#beyondBoundary(ending) ?? this.next();
    }
    // Kept: what may be the start of the boundary, and the line end before it.
    this.#drop(Math.max(0, this.#rest.length - dashBoundary.length));
    if (this.#dropped > maxPreambleBytes) throw new MultipartError('there is no boundary');
    return null;
  }

  /** `--boundary` of the first line that is not empty; null where the line has not come whole. */
  #boundaryOfFirstLine(): Buffer | null {
    let start = 0;
    while (this.#rest[start] === cr || this.#rest[start] === lf) start++;
    const end = this.#rest.indexOf(lf, start);
    if ((end < 0 ? this.#rest.length : end) > maxBoundaryLength + maxPaddingBytes) {
      throw new MultipartError('there is no boundary');
    }
    if (end < 0) return null;
    const line = this.#rest.toString('latin1', start, end).trimEnd();
    if (!/^--[\x21-\x7e ]{1,250}$/.test(line)) throw new MultipartError('there is no boundary');
    return Buffer.from(line, 'latin1');
  }

  #readHeaders(): MultipartEvent | null {
    const headers = new Map<string, string>();
    let last: string | null = null;
    for (let at = 0; ; ) {
      const end = this.#rest.indexOf(lf, at);
      if ((end < 0 ? this.#rest.length : end) > maxHeaderBytes) {
        throw new MultipartError('the headers of a part are too long');
      }
      if (end < 0) return null;
      const line = this.#rest.toString('latin1', at, this.#rest[end - 1] === cr && end > at ? end - 1 : end);
      at = end + 1;
      if (line === '') {
        this.#drop(at);
        this.#state = 'body';
        this.#atBodyStart = true;
        return { kind: 'part', headers };
      }
      const colon = line.indexOf(':');
      if (/^[ \t]/.test(line) && last !== null) {
        headers.set(last, `${headers.get(last)} ${line.trim()}`); // a folded line (RFC 5322 §2.2.3)
      } else if (colon > 0) {
        last = line.slice(0, colon).trim().toLowerCase();
        headers.set(last, line.slice(colon + 1).trim());
      }
    }
  }

  #readBody(): MultipartEvent | null {
    if (this.#atBodyStart) {
      const ending = this.#endingAtBodyStart();
      if (ending.kind === 'unknown') return null;
      this.#atBodyStart = false;
      if (ending.kind !== 'other') return this.#endPart(ending, 0);
    }
    for (let at = this.#rest.indexOf(this.#delimiter); at >= 0; at = this.#rest.indexOf(this.#delimiter, at + 1)) {
      const ending = this.#endingAt(at + this.#delimiter.length, this.#eol);
      if (ending.kind === 'other') continue;
      return ending.kind === 'unknown' ? this.#take(at) : this.#endPart(ending, at);
    }
    return this.#take(this.#rest.length - this.#lengthOfDelimiterStart());
  }

  #endingAtBodyStart(): Ending {
    const dashBoundary = this.#dashBoundary ?? nothing;
    const start = this.#rest.subarray(0, dashBoundary.length);
    if (!dashBoundary.subarray(0, start.length).equals(start)) return { kind: 'other' };
    return start.length < dashBoundary.length ? { kind: 'unknown' } : this.#endingAt(start.length, this.#eol);
  }

  /** How many bytes at the end of what is there may be the start of a delimiter. */
  #lengthOfDelimiterStart(): number {
    const first = this.#delimiter[0] ?? lf;
    const from = Math.max(0, this.#rest.length - this.#delimiter.length + 1);
    for (let at = this.#rest.indexOf(first, from); at >= 0; at = this.#rest.indexOf(first, at + 1)) {
      const length = this.#rest.length - at;
      if (this.#rest.subarray(at).equals(this.#delimiter.subarray(0, length))) return length;
    }
    return 0;
  }

  /** @param eol - The line end that a boundary line must have; null takes either. */
  #endingAt(position: number, eol: Buffer | null): Ending {
    const rest = this.#rest;
    if (rest[position] === hyphen) {
      if (rest.length === position + 1) return { kind: 'unknown' };
      return { kind: rest[position + 1] === hyphen ? 'close' : 'other' };
    }
    let at = position;
    while (at - position < maxPaddingBytes && (rest[at] === space || rest[at] === tab)) at++;
    if (at >= rest.length) return { kind: 'unknown' };
    if (rest[at] === lf && eol !== crlf) return { kind: 'line', end: at + 1, eol: lineFeed };
    if (rest[at] !== cr || eol === lineFeed) return { kind: 'other' };
    if (at + 1 >= rest.length) return { kind: 'unknown' };
    return rest[at + 1] === lf ? { kind: 'line', end: at + 2, eol: crlf } : { kind: 'other' };
  }

  #endPart(ending: Ending, at: number): MultipartEvent | null {
    const data = at === 0 ? null : this.#rest.subarray(0, at);
    this.#pending.push({ kind: 'partEnd' });
    const end = this.#beyondBoundary(ending);
    if (end) this.#pending.push(end);
    return data ? { kind: 'data', bytes: data } : this.next();
  }

  /** Goes on behind a boundary line, of which `ending` is the end; an event where it was the closing one. */
  #beyondBoundary(ending: Ending): MultipartEvent | null {
    if (ending.kind !== 'line') {
      this.#state = 'done';
      this.#rest = nothing;
      return { kind: 'end' };
    }
    this.#state = 'headers';
    this.#eol = ending.eol;
    this.#delimiter = Buffer.concat([ending.eol, this.#dashBoundary ?? nothing]);
    this.#drop(ending.end);
    return null;
  }

  #take(length: number): MultipartEvent | null {
    if (length === 0) return null;
    const bytes = this.#rest.subarray(0, length);
    this.#drop(length);
    return { kind: 'data', bytes };
  }

  #drop(length: number): void {
    this.#dropped += length;
    this.#rest = this.#rest.length === length ? nothing : this.#rest.subarray(length);
  }
}
