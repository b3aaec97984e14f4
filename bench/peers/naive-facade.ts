import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { Pool } from 'undici';

type Row = Record<string, { Value?: unknown[] }>;

const first = (row: Row, tag: string): unknown => row[tag]?.Value?.[0] ?? null;

/** A GraphQL facade as one writes it at first: every resolver asks the archive for itself. */
export async function startNaiveFacade(url: string, authorization: string | undefined) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 16 });
  let requests = 0;
  const search = async (path: string): Promise<Row[]> => {
    requests++;
    const { statusCode, body } = await pool.request({
      path: `${pathname}${path}`,
      method: 'GET',
      headers: { accept: 'application/dicom+json', ...(authorization ? { authorization } : {}) },
    });
    const text = await body.text();
    return statusCode === 204 ? [] : (JSON.parse(text) as Row[]);
  };
  const instance = (row: Row) => ({
    sopInstanceUID: first(row, '00080018'),
    instanceNumber: Number(first(row, '00200013')),
    rows: first(row, '00280010'),
    columns: first(row, '00280011'),
  });
  const series = (study: string) => (row: Row) => ({
    seriesInstanceUID: first(row, '0020000E'),
    modality: first(row, '00080060'),
    instances: async () => ({
      nodes: (
        await search(`/studies/${study}/series/${first(row, '0020000E')}/instances?includefield=Rows,Columns`)
      ).map(instance),
    }),
  });
  const study = (row: Row) => {
    const uid = String(first(row, '0020000D'));
    return {
      studyInstanceUID: uid,
      studyDate: first(row, '00080020'),
      series: async () => ({ nodes: (await search(`/studies/${uid}/series`)).map(series(uid)) }),
    };
  };
  const schema = buildSchema(`
    type Query { searchStudies(first: Int): Studies }
    type Studies { nodes: [Study!]! }
    type Study { studyInstanceUID: String studyDate: String series: SeriesList }
    type SeriesList { nodes: [Series!]! }
    type Series { seriesInstanceUID: String modality: String instances: Instances }
    type Instances { nodes: [Instance!]! }
    type Instance { sopInstanceUID: String instanceNumber: Int rows: Int columns: Int }
  `);
  const query = schema.getQueryType()?.getFields()['searchStudies'];
  if (query) {
    query.resolve = async (_root, { first: limit }) => ({
      nodes: (await search(`/studies?limit=${limit}`)).map(study),
    });
  }
  const yoga = createYoga({ schema, logging: false });
  const server = createServer((request, response) => void yoga(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests: () => requests,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.close();
    },
  };
}
