// Writes the pages of the schema into a folder: docs/schema, unless another is given. Pages that are no more are removed.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schema } from '../src/graphql/schema.ts';
import { makeSchemaPages } from './schema-pages.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '../docs/schema');
const pages = makeSchemaPages(schema);
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(join(folder, file));
for (const [file, text] of pages) writeFileSync(join(folder, file), text);
