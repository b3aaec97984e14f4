/**
 * One thing wrong with the settings. `where` says what to correct and where it was written: `--port`,
 * `DICOMWEB_GRAPHQL_PORT`, `conf.yaml: limits.maxFirst`. Neither part ever holds the value: it may be a secret.
 */
export interface Problem {
  readonly where: string;
  readonly message: string;
}

/** The settings cannot be used. Holds every problem that was found, in the order of their sources. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}

function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'A problem' : `${problems.length} problems`;
  const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
  return [`${count} with the settings; nothing was started.`, ...lines].join('\n');
}
