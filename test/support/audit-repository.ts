import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly ids: readonly string[];
}

type Answer = { readonly status: number; readonly entries?: readonly string[]; readonly batchStatus?: number };

/**
 * A FHIR server that takes events, or does what the test says.
 *
 * @param port - Default: a free one.
 */
export async function startRepository(answer: (id: string) => Answer = () => ({ status: 201 }), port = 0) {
  const received: Received[] = [];
  const taken: string[] = [];
  const state = { answer, batchStatus: 200 };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as { resourceType: string; id: string; entry?: { resource: { id: string } }[] };
    const ids = body.entry?.map(({ resource }) => resource.id) ?? [body.id];
    received.push({ path: request.url ?? '', headers: request.headers, ids });
    const statuses = ids.map((id) => state.answer(id).status);
    if (body.resourceType === 'Bundle' && state.batchStatus !== 200) return response.writeHead(state.batchStatus).end();
    taken.push(...ids.filter((_id, index) => (statuses[index] ?? 0) < 300));
    if (body.resourceType !== 'Bundle') return response.writeHead(statuses[0] ?? 500).end();
    const entry = statuses.map((status) => ({ response: { status: `${status} of it` } }));
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    return response.end(JSON.stringify({ resourceType: 'Bundle', type: 'batch-response', entry }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`, received, taken, state, server };
}
