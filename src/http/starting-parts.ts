import type { Handler, Parts } from './handler.ts';
import { sendProblem } from './send-problem.ts';

const notYet: Handler = (_request, response) =>
  sendProblem(response, 'UNAVAILABLE', { detail: 'Starting', headers: { 'retry-after': '1' } });

/** What answers until there is more: the port is taken before a large folder is read. */
export const startingParts: Parts = {
  graphql: notYet,
  links: notYet,
  dicomweb: notYet,
  graphiql: null,
  metrics: null,
  isReady: () => false,
};
