import { api } from 'dicomweb-client';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';

type Settle = (() => void) | null;

/** As much of XMLHttpRequest as dicomweb-client uses, which was written for browsers, on fetch. */
class FetchedRequest {
  readyState = 0;
  status = 0;
  response: unknown = null;
  responseType = '';
  onreadystatechange: Settle = null;
  onloadend: Settle = null;
  readonly #sent = new Headers();
  #method = 'GET';
  #url = '';
  #headers = new Headers();

  open(method: string, url: string): void {
    this.#method = method.toUpperCase();
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#sent.append(name, value);
  }

  getResponseHeader(name: string): string | null {
    return this.#headers.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  send(): void {
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const response = await fetch(this.#url, { method: this.#method, headers: this.#sent });
    const body = await response.arrayBuffer();
    this.status = response.status;
    this.#headers = response.headers;
    this.response = this.responseType === 'json' && body.byteLength > 0 ? parsed(body) : body;
    this.readyState = 4;
    this.onreadystatechange?.();
    this.onloadend?.();
  }
}

const parsed = (body: ArrayBuffer): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** A body of an answer, or a part of one, with what its headers say. */
export type ClientBody = ArrayBuffer & { readonly contentType: string; readonly transferSyntaxUID: string | null };

type Ask<T> = (options?: Readonly<Record<string, unknown>>) => Promise<T>;

/** Of its methods those that read; its own types have every option required. */
export interface DicomwebClient {
  readonly searchForStudies: Ask<JsonDataSet[]>;
  readonly searchForSeries: Ask<JsonDataSet[]>;
  readonly searchForInstances: Ask<JsonDataSet[]>;
  readonly retrieveStudyMetadata: Ask<JsonDataSet[]>;
  readonly retrieveSeriesMetadata: Ask<JsonDataSet[]>;
  readonly retrieveInstanceMetadata: Ask<JsonDataSet[]>;
  readonly retrieveInstanceFrames: Ask<ClientBody[]>;
  readonly retrieveInstanceRendered: Ask<ClientBody[]>;
  readonly retrieveInstanceFramesRendered: Ask<ClientBody[]>;
  readonly retrieveInstanceThumbnail: Ask<ClientBody[]>;
  readonly retrieveInstanceFramesThumbnail: Ask<ClientBody[]>;
  readonly retrieveBulkData: Ask<ClientBody[]>;
  readonly retrieveInstance: Ask<ClientBody>;
  readonly retrieveSeries: Ask<ClientBody[]>;
  readonly retrieveStudy: Ask<ClientBody[]>;
}

/**
 * dicomweb-client as it comes from its registry, over real HTTP. It knows the base URL of a service, and nothing of us.
 *
 * @param singlepart - What it asks for as one body instead of as a part: 'bulkdata'.
 */
export function createDicomwebClient(url: string, singlepart = ''): DicomwebClient {
  Object.assign(globalThis, { XMLHttpRequest: FetchedRequest });
  const client: unknown = new api.DICOMwebClient({ url, verbose: false, singlepart });
  return client as DicomwebClient;
}
