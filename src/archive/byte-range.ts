import type { Answer, SliceableBody } from './answer.ts';
import { exactly } from './multipart.ts';
import { ArchiveError, toProblem } from './problem.ts';

/**
 * Gives the part of a body that the Range header asks for (RFC 9110 §14). One range only: of several, and of one that is
 * not understood, the whole is the answer, as it is with If-Range, since there are no validators to compare.
 */
export function applyRange(answer: Answer, range: string | undefined, ifRange: string | undefined): Answer {
  const { body, headers } = answer;
  if (answer.status !== 200 || !isSliceable(body)) return answer;
  const whole: Answer = {
    ...answer,
    headers: { ...headers, 'accept-ranges': 'bytes', 'content-length': String(body.length) },
  };
  const match = ifRange === undefined ? /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') : null;
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return whole;

  const start = first === '' ? Math.max(0, body.length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? body.length : Math.min(body.length, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return whole;
  if (start >= end) {
    const problem = toProblem(new ArchiveError('RANGE_NOT_SATISFIABLE', 'The range begins behind the end'));
    return { ...problem, headers: { ...problem.headers, 'content-range': `bytes */${body.length}` } };
  }
  return {
    status: 206,
    headers: {
      ...whole.headers,
      'content-length': String(end - start),
      'content-range': `bytes ${start}-${end - 1}/${body.length}`,
    },
    body: () => exactly(end - start, body.slice(start, end)),
  };
}

export function isSliceable(body: Answer['body']): body is SliceableBody {
  return typeof body === 'object' && 'slice' in body && !(body instanceof Uint8Array);
}
