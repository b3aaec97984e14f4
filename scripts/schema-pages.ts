import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  print,
} from 'graphql';
import { pages, placeTypes } from './schema-page-types.ts';

/**
 * The schema as pages to read, Markdown by file name: each type once, with its fields, arguments and descriptions. Types
 * of instances show what they have beyond their interfaces.
 */
export function makeSchemaPages(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const pageOf = placeTypes(schema);
  const write = createWriter(schema, pageOf);
  const files = new Map<string, string>();
  for (const { file, title, about } of pages) {
    const types = [...pageOf].filter(([, on]) => on === file).map(([name]) => name);
    const sections = types.map((name) => write(schema.getType(name)));
    files.set(file, `# ${title}\n\n${about} [All pages](README.md)\n\n${sections.join('\n')}`);
  }
  const list = pages.map(({ file, title, about }) => `- [${title}](${file}): ${about}`).join('\n');
  const index = [...pageOf.keys()]
    .sort()
    .map((name) => `[${name}](${pageOf.get(name)}#${name.toLowerCase()})`)
    .join(' · ');
  files.set(
    'README.md',
    `# The schema\n\nMade of \`schema/schema.graphql\` by \`npm run schema\`. A type with \`!\` is never null; what null means elsewhere is said there.\n\n${list}\n\n## All types\n\n${index}\n`,
  );
  return files;
}

function createWriter(schema: GraphQLSchema, pageOf: ReadonlyMap<string, string>) {
  const link = (name: string, text = name): string => {
    const page = pageOf.get(name);
    return page === undefined ? `\`${text}\`` : `[\`${text}\`](${page}#${name.toLowerCase()})`;
  };
  const typeLink = (type: GraphQLArgument['type'] | GraphQLField<unknown, unknown>['type']): string =>
    link(getNamedType(type).name, String(type));

  const argument = (arg: GraphQLArgument | GraphQLInputField): string =>
    `\`${arg.name}\` ${typeLink(arg.type)}${defaultOf(arg)}: ${cell(arg.description)}`;

  const row = (field: GraphQLField<unknown, unknown> | GraphQLInputField): string => {
    const parts = [cell(field.description)];
    if (field.deprecationReason) parts.push(`**Deprecated:** ${cell(field.deprecationReason)}`);
    if ('args' in field) parts.push(...field.args.map(argument));
    return `| \`${field.name}\` | ${typeLink(field.type)}${'args' in field ? '' : defaultOf(field)} | ${parts.join('<br>')} |`;
  };

  const table = (fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[]): string =>
    fields.length === 0 ? '' : `| field | type | |\n|---|---|---|\n${fields.map(row).join('\n')}\n`;

  return function write(type: GraphQLNamedType | undefined): string {
    if (type === undefined) return '';
    const head = `## ${type.name}\n\n${prose(type.description)}\n`;
    if (isEnumType(type)) {
      const values = type.getValues().map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`);
      return `${head}\n| value | |\n|---|---|\n${values.join('\n')}\n`;
    }
    if (isUnionType(type)) {
      const members = type.getTypes().map(({ name }) => link(name));
      return `${head}\nOne of ${members.join(', ')}.\n`;
    }
    if (isInputObjectType(type)) {
      const how = type.isOneOf ? '\nGive exactly one of these.\n' : '';
      return `${head}${how}\n${table(Object.values(type.getFields()))}`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return head;
    const interfaces = type.getInterfaces();
    const inherited = new Set(interfaces.flatMap((one) => Object.keys(one.getFields())));
    const own = Object.values(type.getFields()).filter(({ name }) => !inherited.has(name));
    // Of interfaces that imply each other, the nearest says all.
    const nearest = interfaces.filter((one) => !interfaces.some((other) => other.getInterfaces().includes(one)));
    const above = nearest.map(({ name }) => link(name)).join(' and ');
    const inherits = above === '' ? '' : `\nEverything of ${above}${own.length === 0 ? '.' : ', and:'}\n`;
    const types = isInterfaceType(type) ? schema.getPossibleTypes(type).map(({ name }) => link(name)) : [];
    const by = types.length === 0 ? '' : `\nImplemented by ${types.join(', ')}.\n`;
    return `${head}${by}${inherits}\n${table(own)}`;
  };
}

function defaultOf({ defaultValue, type }: GraphQLArgument | GraphQLInputField): string {
  const ast = defaultValue === undefined ? null : astFromValue(defaultValue, type);
  return ast ? ` = \`${print(ast)}\`` : '';
}

const escaped = (text: string): string => text.replace(/[*<|]/g, '\\$&');

const cell = (description: string | null | undefined): string => escaped((description ?? '').replace(/\s*\n\s*/g, ' '));

/** Paragraphs; a grammar among them stands as it is. */
const prose = (description: string | null | undefined): string =>
  (description ?? '')
    .split(/\n{2,}/)
    .map((part) =>
      part.includes('\n') && part.split('\n').every((line) => / = /.test(line))
        ? `\`\`\`abnf\n${part}\n\`\`\``
        : escaped(part),
    )
    .join('\n\n');
