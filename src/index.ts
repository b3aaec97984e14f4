/** Who may ask, and how the program is told what it should do. */
export { type Config, loadConfig, type Surroundings } from './config/config.ts';
export { ConfigError, type Problem } from './config/problem.ts';
export type { Command } from './config/setting.ts';
export type { SettingsInput } from './config/settings.ts';
/** What errors carry. */
export { type ErrorCode, type ErrorFacts, errorCodes, FacadeError } from './errors.ts';
/** The program. */
export { type Facade, type FacadeOptions, startFacade } from './facade.ts';
/** The schema as SDL. */
export { printSchemaSdl } from './graphql/schema.ts';
