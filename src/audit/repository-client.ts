import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface RepositoryAddress {
  /** The FHIR server's base URL. */
  readonly url: string;
  /** Bearer token; null: none is sent. */
  readonly token: string | null;
  /** PEM: authorities to trust instead of the well-known ones; and what we are known by. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What the repository said of events, in their order. */
export type Verdict = 'taken' | 'refused' | 'later';

export interface RepositoryClient {
  /**
   * Sends AuditEvents: one to [base]/AuditEvent, several as a batch to [base] (IHE RESTful ATNA, ITI-20).
   *
   * @param events - Each a resource as JSON.
   * @returns `taken` is kept there; `refused` will never be; `later`: it may be if sent again.
   * @throws The system's error, where no answer came within the bound. Nobody knows what was taken then.
   */
  send(events: readonly string[]): Promise<readonly Verdict[]>;
  close(): void;
}

const maxAnswerBytes = 2 ** 22;

/** @param timeoutMs - From the request to the end of the answer. */
export function createRepositoryClient(address: RepositoryAddress, timeoutMs = 30_000): RepositoryClient {
  const { token, ca, cert, key } = address;
  const base = new URL(address.url.replace(/\/+$/, ''));
  const isSecure = base.protocol === 'https:';
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1, ca, cert, key })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const send = isSecure ? requestHttps : requestHttp;

  function post(path: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const bytes = Buffer.from(body);
    const sent = send(
      base.href.replace(/\/$/, '') + path,
      {
        agent,
        method: 'POST',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/fhir+json',
          'content-type': 'application/fhir+json',
          'content-length': bytes.length,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
    return promise;
  }

  return {
    async send(events) {
      const [only] = events;
      if (events.length === 1 && only !== undefined) {
        const { status } = await post('/AuditEvent', only);
        return [judge(status)];
      }
      const { status, text } = await post('', bundleOf(events));
      if (judge(status) === 'later') return events.map(() => 'later');
      // A whole batch that is refused tells nothing of its events: one of them may be at fault, or batches as such.
      if (judge(status) === 'refused')
        return Promise.all(events.map(async (event) => judge((await post('/AuditEvent', event)).status)));
      const statuses = entryStatuses(text);
      return events.map((_event, index) => judge(statuses === null ? status : (statuses[index] ?? 0)));
    },
    close: () => agent.destroy(),
  };
}

const bundleOf = (events: readonly string[]): string =>
  `{"resourceType":"Bundle","type":"batch","entry":[${events
    .map((event) => `{"resource":${event},"request":{"method":"POST","url":"AuditEvent"}}`)
    .join(',')}]}`;

/** Only what is wrong with an event itself is final: credentials, addresses and load can be put right. */
function judge(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken';
  return status === 400 || status === 413 || status === 422 ? 'refused' : 'later';
}

/** `response.status` of the entries of a batch's answer; null where it is no such answer. */
function entryStatuses(text: string): readonly number[] | null {
  try {
    const { resourceType, entry } = JSON.parse(text) as { resourceType?: unknown; entry?: unknown };
    if (resourceType !== 'Bundle' || !Array.isArray(entry)) return null;
    return entry.map((one: { response?: { status?: unknown } }) => Number.parseInt(String(one?.response?.status), 10));
  } catch {
    return null;
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('The audit repository answered more than is read');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
