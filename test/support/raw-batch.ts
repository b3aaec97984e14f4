import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawTarget {
  readonly method: string;
  /** As it goes over the wire: whatever is no request line is not sent. */
  readonly target: string;
}

/**
 * Sends request lines as they are, one after the other over a few connections, and reads the answers.
 *
 * @returns Statuses, in the order of the targets; 400 where the connection was closed without a word.
 */
export async function rawBatch(port: number, targets: readonly RawTarget[], lanes = 4): Promise<readonly number[]> {
  const statuses: number[] = new Array(targets.length).fill(0);
  const rest = targets.entries();
  async function lane(): Promise<void> {
    for (let next = rest.next(); !next.done; ) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      const reader = socket.iterator();
      let open = true;
      while (open && !next.done) {
        const [index, { method, target }] = next.value;
        socket.write(`${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
        const { status, keepsOpen } = await readAnswer(reader);
        statuses[index] = status;
        open = keepsOpen;
        next = rest.next();
      }
      socket.destroy();
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return statuses;
}

async function readAnswer(reader: AsyncIterator<Buffer>): Promise<{ status: number; keepsOpen: boolean }> {
  let text = '';
  for (;;) {
    const [head, body] = text.split('\r\n\r\n', 2);
    if (head !== undefined && body !== undefined) {
      const status = Number(head.slice(9, 12));
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Number.NaN);
      if (/^connection: close$/im.test(head) || Number.isNaN(length)) return { status, keepsOpen: false };
      if (text.length >= head.length + 4 + length) return { status, keepsOpen: true };
    }
    const { done, value } = await reader.next().catch(() => ({ done: true, value: undefined }) as const);
    if (done === true) return { status: head === '' ? 400 : Number(text.slice(9, 12)) || 400, keepsOpen: false };
    text += value.toString('latin1');
  }
}
