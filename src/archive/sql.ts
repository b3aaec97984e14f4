import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';

export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** An SQLite database whose statements are prepared once each. */
export class Sql {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): SqlRow[] {
    return this.#prepare(sql).all(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): SqlRow | undefined {
    return this.#prepare(sql).get(...values);
  }

  /** @returns The id of the row that was inserted last. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** A WHERE clause that grows. Values are always bound, a list as one JSON text: the clause stays the same for any length. */
export class Conditions {
  readonly values: SQLInputValue[] = [];
  readonly #clauses: string[] = [];

  equals(column: string, value: SQLInputValue | undefined): this {
    if (value === undefined) return this;
    this.#clauses.push(`${column} = ?`);
    this.values.push(value);
    return this;
  }

  isOneOf(column: string, list: readonly string[] | undefined): this {
    return this.#whereList((values) => `${column} IN ${values}`, list);
  }

  /** The row's id is what `subquery`, which ends in a column, finds for the list. */
  idIsIn(subquery: string, list: readonly string[] | undefined): this {
    return this.#whereList((values) => `id IN (${subquery} IN ${values})`, list);
  }

  #whereList(clause: (values: string) => string, list: readonly string[] | undefined): this {
    if (list === undefined) return this;
    this.#clauses.push(clause('(SELECT value FROM json_each(?))'));
    this.values.push(JSON.stringify(list));
    return this;
  }

  toString(): string {
    return this.#clauses.length === 0 ? '' : `WHERE ${this.#clauses.join(' AND ')}`;
  }
}
