import type { IncomingHttpHeaders } from 'node:http';
import { anonymous, type Principal } from './principal.ts';

/** From the headers of a request to who sent it. */
export type Authenticate = (headers: IncomingHttpHeaders) => Principal;

/** Everyone is the same anonymous principal, with every scope. Credentials that are sent are not looked at. */
export const authenticateNobody: Authenticate = () => anonymous;
