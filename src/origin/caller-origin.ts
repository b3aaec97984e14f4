import type { Caller } from './credentials/credentials.ts';
import type { Origin, OriginRequest, OriginResponse, RequestOptions } from './origin.ts';

/** An origin that can be asked in somebody's name. */
export interface AskedForCallers extends Origin {
  requestFor<T>(
    caller: Caller,
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options?: RequestOptions,
  ): Promise<T>;
}

/**
 * An origin as one caller sees it: every request carries that caller's token. Connections, budget, capabilities and health
 * are those of the origin.
 */
export class CallerOrigin implements Origin {
  readonly #origin: AskedForCallers;
  readonly #caller: Caller;

  constructor(origin: AskedForCallers, caller: Caller) {
    this.#origin = origin;
    this.#caller = caller;
  }

  get id() {
    return this.#origin.id;
  }

  get name() {
    return this.#origin.name;
  }

  get config() {
    return this.#origin.config;
  }

  get address() {
    return this.#origin.address;
  }

  get capabilities() {
    return this.#origin.capabilities;
  }

  get pages() {
    return this.#origin.pages;
  }

  get healthy() {
    return this.#origin.healthy;
  }

  get circuit() {
    return this.#origin.circuit;
  }

  get closed() {
    return this.#origin.closed;
  }

  get partition() {
    return this.#caller.subject;
  }

  forCaller(caller: Caller): Origin {
    return this.#origin.forCaller(caller);
  }

  request<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options?: RequestOptions,
  ): Promise<T> {
    return this.#origin.requestFor(this.#caller, request, read, options);
  }

  learn(...[findings]: Parameters<Origin['learn']>): void {
    this.#origin.learn(findings);
  }

  /** The connections are everyone's: they stay. */
  async close(): Promise<void> {}
}
