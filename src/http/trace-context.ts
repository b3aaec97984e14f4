import { randomHex } from '../request-scope.ts';

/** The trace that a request belongs to (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hex digits, not all 0. */
  readonly traceId: string;
  /** Two lower-case hex digits. */
  readonly traceFlags: string;
  /** null: none, or not well-formed. */
  readonly traceState: string | null;
}

const maxStateLength = 512;
const maxMembers = 32;
const parent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const member =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])$/;

/**
 * Reads `traceparent` and `tracestate`; what is not well-formed counts as absent, and a trace begins here.
 *
 * Of a newer version that begins like version 00 this much is taken, and sent on as version 00.
 *
 * @see https://www.w3.org/TR/trace-context/ §3.2, §3.3, §4.3
 */
export function parseTraceContext(traceparent: unknown, tracestate: unknown): TraceContext {
  const [, version = '', traceId = '', parentId = '', flags = '', more] =
    (typeof traceparent === 'string' && parent.exec(traceparent)) || [];
  const isVersion = version !== '' && version !== 'ff' && (version !== '00' || more === undefined);
  if (!isVersion || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return beginTrace();
  // Of the flags one alone is known: whether the caller records the trace.
  const traceFlags = (Number.parseInt(flags, 16) & 1) === 1 ? '01' : '00';
  return { traceId, traceFlags, traceState: parseState(tracestate) };
}

/** A trace that nobody is known to record. */
function beginTrace(): TraceContext {
  return { traceId: randomHex(), traceFlags: '00', traceState: null };
}

function parseState(tracestate: unknown): string | null {
  if (typeof tracestate !== 'string' || tracestate.length > maxStateLength) return null;
  const members = tracestate
    .split(',')
    .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((text) => text !== '');
  const keys = new Set(members.map((text) => text.slice(0, text.indexOf('='))));
  const isGood = members.length > 0 && members.length <= maxMembers && keys.size === members.length;
  return isGood && members.every((text) => member.test(text)) ? members.join(',') : null;
}
