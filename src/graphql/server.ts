import type { IncomingMessage, ServerResponse } from 'node:http';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Authenticate } from '../access/authenticate.ts';
import type { Principal } from '../access/principal.ts';
import { createRowGuard } from '../access/row-guard.ts';
import type { OperationAudit } from '../audit/operation-audit.ts';
import { entryOfTag } from '../dicom/dictionary.ts';
import { type ErrorCode, isCodedError } from '../errors.ts';
import type { LinkMinter } from '../links/mint.ts';
import type { OpaqueTexts } from '../links/opaque.ts';
import type { LinkRevoker } from '../links/revoker.ts';
import { defaultMaxPixels } from '../origin/capabilities/drawable.ts';
import type { Origin } from '../origin/origin.ts';
import type { AnswerCache } from '../planner/answer-cache.ts';
import { Budget } from '../planner/budget.ts';
import type { CursorCodec } from '../planner/cursor.ts';
import { Trace } from '../planner/trace.ts';
import { auditOperations } from './audit/audit-operations.ts';
import { type KeepToken, keepTokenFor, originsFor } from './caller-origins.ts';
import { checkOperations } from './check-operations.ts';
import { type Context, createLoadersByOrigin } from './context.ts';
import { CostMeter } from './cost/cost-meter.ts';
import { tellCost } from './cost/tell-cost.ts';
import { countLinks } from './count-links.ts';
import { tellErrorsOfPart } from './deferred-errors.ts';
import { type DocumentBounds, defaultDocumentBounds } from './document-bounds.ts';
import { createDocumentCache } from './document-cache.ts';
import { writePlaces } from './error-places.ts';
import { toClientError } from './errors.ts';
import { type KeepIdentity, keepIdentityFor } from './keep-identity.ts';
import type { OperationBounds } from './limits.ts';
import { measureOperations } from './measure-operations.ts';
import { createIdentifiers } from './patient-data/identifiers.ts';
import { Suppression } from './patient-data/suppression.ts';
import { withholdLinks } from './patient-data/withheld-links.ts';
import { readParams } from './read-params.ts';
import { refuseRequest } from './refuse-request.ts';
import { schema } from './schema.ts';
import { type MintedLink, tellOfLinks } from './told-links.ts';
import { type TrustedDocuments, useTrustedDocuments } from './trusted-documents.ts';
import { Warnings } from './warnings.ts';

export interface GraphqlOptions {
  /** In the order of the configuration: the first is the default. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly links: LinkMinter;
  readonly revoker: LinkRevoker;
  readonly authenticate: Authenticate;
  /** For links to origins that are asked with the caller's own token; without it there are none. */
  readonly keepToken?: KeepToken;
  /** For links whose policy is asked about again when they are opened; without it nobody is kept. */
  readonly keepIdentity?: KeepIdentity;
  /** Writes the cursors of those who may not see everything. Absent: they are to be read by anyone. */
  readonly sealedCursors?: CursorCodec;
  /** Names for what those may not read who have no scope for patient data. */
  readonly names: OpaqueTexts;
  /** Counts of fewer studies are withheld from those without the scope for patient data. Default 10. */
  readonly suppressStatisticsBelow?: number;
  readonly bounds: OperationBounds;
  /** Most pixels of an image that the gateway draws. Default: as its own. */
  readonly maxDrawnPixels?: number;
  /** Absent: the defaults. */
  readonly documentBounds?: DocumentBounds;
  /** Whether the schema may be asked for. Default true. */
  readonly introspection?: boolean;
  /** Documents that clients may name; absent: none. */
  readonly trustedDocuments?: TrustedDocuments | null;
  /**
   * Counts what a principal asks, before it is looked at (a point), and again when its cost is known; absent: not counted.
   *
   * @throws {FacadeError} RATE_LIMITED
   */
  readonly admit?: ((principal: Principal, response: ServerResponse, points: number) => Promise<void>) | undefined;
  /** What origins answered a moment ago; absent: every question is asked. */
  readonly cache?: AnswerCache | undefined;
  /** Whether those with the scopes `admin` and `patient-data` may ask for `extensions.dicomweb` by the header `x-dicomweb-explain: 1`. */
  readonly explain: boolean;
  /** Where it is told who asked what; absent: nowhere. */
  readonly audit?: GraphqlAudit | undefined;
  /** Told of each operation: requests to origins, as they were planned. */
  readonly onOperation?: ((plannedRequests: number) => void) | undefined;
  readonly onLink?: ((link: MintedLink) => void) | undefined;
  readonly logger: Logger;
}

export interface GraphqlAudit {
  /** @throws {FacadeError} UNAVAILABLE: nothing is answered that cannot be told of. */
  operation(principal: Principal): OperationAudit;
  /** Of a request of which no operation is looked at. @param principal - null: not known. */
  refused(code: ErrorCode, principal: Principal | null): void;
}

/** As small as cells are published by most who publish counts of patients. */
const defaultSuppressBelow = 10;

interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly principal: Principal;
  readonly audit: OperationAudit | null;
}

/** Answers /graphql over HTTP (GraphQL over HTTP, media types application/graphql-response+json and application/json). */
export function createGraphql(
  options: GraphqlOptions,
): (request: IncomingMessage, response: ServerResponse) => unknown {
  const { logger, documentBounds = defaultDocumentBounds, introspection = true, trustedDocuments } = options;
  const yoga = createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    // GraphiQL, CORS, health and the size of bodies are the HTTP room's; see src/http.
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    parserAndValidationCache: createDocumentCache(),
    extraParamNames: ['documentId'],
    logging: false,
    // What execution throws was told by tellErrorsAndExtensions already; this is for what is thrown around it.
    maskedErrors: { maskError: (error) => toClientError(error, '', logger) },
    context: (server) => createContext(options, server, server.request.signal),
    plugins: [
      useDeferStream(),
      auditOperations(schema),
      readParams,
      writePlaces,
      useTrustedDocuments(trustedDocuments ?? { documents: {}, only: false }, documentBounds),
      checkOperations({ bounds: documentBounds, introspection }),
      tellErrorsAndExtensions(logger),
      measureOperations(options.onOperation),
    ],
  });
  return async (request, response) => {
    let principal: Principal | null = null;
    let audit: OperationAudit | null;
    try {
      principal = await options.authenticate(request.headersDistinct);
      await options.admit?.(principal, response, 1);
      audit = options.audit?.operation(principal) ?? null;
    } catch (error) {
      if (isCodedError(error) && error.code !== 'UNAVAILABLE') options.audit?.refused(error.code, principal);
      return refuseRequest(error, response, logger);
    }
    return yoga(request, response, { req: request, res: response, principal, audit });
  };
}

async function createContext(
  options: GraphqlOptions,
  { req: request, res: response, principal, audit }: ServerContext,
  signal: AbortSignal,
): Promise<Context> {
  const { bounds, explain, cache } = options;
  const { subject, expiresAt } = principal;
  const origins = originsFor(options.origins, principal);
  const withoutPatientData = !principal.scopes.has('patient-data');
  const all = options.links.linksFor({ id: subject, withoutPatientData, ...(expiresAt === null ? {} : { expiresAt }) });
  const minted = withoutPatientData ? withholdLinks(all) : all;
  const isExplained = explain && mayExplain(principal) && request.headers['x-dicomweb-explain'] === '1';
  const trace = isExplained ? new Trace() : null;
  const warnings = new Warnings();
  const budget = new Budget(bounds);
  const meter = new CostMeter(bounds.maxCost);
  const count = { minted: 0 };
  const suppression = withoutPatientData
    ? new Suppression(options.suppressStatisticsBelow ?? defaultSuppressBelow)
    : null;
  const tellOfLink = (link: MintedLink): void => {
    audit?.minted(link.origin, link.study, link.representations, link.url);
    options.onLink?.(link);
  };
  return {
    meter,
    admit: async (points) => options.admit?.(principal, response, points),
    cost: () => tellCost({ meter, budget, links: count }, principal, suppression),
    requestId: String(response.getHeader('x-request-id') ?? ''),
    principal,
    limits: bounds,
    identifiers: withoutPatientData ? createIdentifiers(options.names) : null,
    suppression,
    maxDrawnPixels: options.maxDrawnPixels ?? defaultMaxPixels,
    origins,
    links: countLinks(
      keepTokenFor(
        keepIdentityFor(tellOfLinks(minted, tellOfLink), principal, options.keepIdentity),
        principal,
        origins,
        options.keepToken,
      ),
      bounds.maxSignedUrls,
      count,
    ),
    audit,
    plannedRequests: () => budget.requests,
    revoker: options.revoker,
    warnings,
    trace,
    loaders: createLoadersByOrigin(origins, {
      budget,
      signal,
      ...(trace ? { trace } : {}),
      cache,
      ...(principal.rows === null ? {} : { guardOf: (origin: string) => createRowGuard(principal.rows, origin) }),
      sealedCursors: options.sealedCursors,
      onUnnamed: (key) =>
        warnings.addInvalidValue(entryOfTag(key)?.keyword ?? key, 'UI: not a UID: the object is left out'),
      onNote: (note) => warnings.addNote(note),
    }),
  };
}

/** UIDs stand in the paths of requests: admin alone is not enough. */
const mayExplain = ({ scopes }: Principal): boolean => scopes.has('admin') && scopes.has('patient-data');

/** Codes and facts for every error; `extensions.cost`; `extensions.warnings` where there are any; `extensions.dicomweb` where asked for. */
function tellErrorsAndExtensions(logger: Logger): Plugin<Context> {
  return {
    onExecute: () => ({
      onExecuteDone({ args, result, setResult }) {
        const { requestId, warnings, trace, cost, suppression } = args.contextValue as Context;
        const isSuppressed = suppression?.isAsked === true;
        if (Symbol.asyncIterator in result) {
          const tell = (error: GraphQLError): GraphQLError => toClientError(error, requestId, logger);
          return { onNext: ({ result: part, setResult: setPart }) => setPart(tellErrorsOfPart(part, tell)) };
        }
        const { errors, extensions } = result as ExecutionResult;
        const list = warnings.list({ isCounted: !isSuppressed });
        const report = cost();
        const told = {
          ...(report ? { cost: report } : {}),
          ...(list.length > 0 ? { warnings: list } : {}),
          ...(trace ? { dicomweb: trace.explain() } : {}),
        };
        setResult({
          ...result,
          ...(errors ? { errors: errors.map((error) => toClientError(error, requestId, logger)) } : {}),
          ...(Object.keys(told).length > 0 ? { extensions: { ...extensions, ...told } } : {}),
        });
        return undefined;
      },
    }),
  };
}
