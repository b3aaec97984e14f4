import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { createDicomwebClient } from '../../test/support/dicomweb-client.ts';

/** What a frontend does without a facade: one search of studies, one of series a study, one of instances a series. */
export async function askByHand(
  url: string,
  authorization: string | undefined,
  studies: number,
): Promise<{ count: number; requests: number }> {
  const headers = authorization ? { Authorization: authorization } : {};
  const client = Object.assign(createDicomwebClient(url), { headers });
  let requests = 0;
  const uid = (row: JsonDataSet, tag: string): string => String(row[tag]?.Value?.[0] ?? '');
  const counted = async (search: Promise<JsonDataSet[] | undefined>): Promise<JsonDataSet[]> => {
    requests++;
    return (await search) ?? [];
  };
  const found = await counted(client.searchForStudies({ queryParams: { limit: studies } }));
  const instances = await Promise.all(
    found.map(async (study) => {
      const studyInstanceUID = uid(study, '0020000D');
      const series = await counted(client.searchForSeries({ studyInstanceUID }));
      const rows = await Promise.all(
        series.map((row) => {
          const seriesInstanceUID = uid(row, '0020000E');
          const queryParams = { includefield: 'Rows,Columns' };
          return counted(client.searchForInstances({ studyInstanceUID, seriesInstanceUID, queryParams }));
        }),
      );
      return rows.flat().length;
    }),
  );
  return { count: instances.reduce((sum, n) => sum + n, 0), requests };
}
