import { variablePrefix } from './names.ts';

const address = /^(tcp|udp|sctp):\/\//;
const madeName = /^(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/**
 * Whether Kubernetes made this variable, not a person: for a Service named `dicomweb-graphql` every pod of the namespace
 * gets DICOMWEB_GRAPHQL_SERVICE_HOST, DICOMWEB_GRAPHQL_PORT=tcp://10.0.0.7:80 and more.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function isServiceVariable(variable: string, value: string): boolean {
  const rest = variable.slice(variablePrefix.length);
  return madeName.test(rest) || (rest === 'PORT' && address.test(value));
}
