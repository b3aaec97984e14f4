import { type DocumentNode, GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import { checkDocument, type DocumentBounds, passed } from './document-bounds.ts';

/** Brackets of all kinds in each other: the parser calls itself for each, and its stack ends at some 2,000. */
const maxNesting = 64;

/**
 * Parses a document that keeps within its bounds; those that do not need the whole of it are looked at first.
 *
 * Its text is let go of: graphql-js would count the lines of it from the beginning for every place of every error, which
 * takes 9 s for 100 errors below 90,000 empty lines. Places are known without it (see error-places.ts).
 *
 * @throws {GraphQLError} Of syntax, without what was read there; {@link checkDocument}
 */
export function parseDocument(text: string, bounds: DocumentBounds): DocumentNode {
  const source = new Source(text);
  const document = withoutTexts(() => {
    checkTokens(source, bounds);
    return parse(source);
  });
  checkDocument(document, bounds);
  source.body = '';
  return document;
}

/** graphql-js repeats the word or the text that it did not expect. It may be a patient's name; its place is told anyway. */
function withoutTexts<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { source = null, positions = null, extensions } = error;
    const message = error.message.replace(/ (Name|String|BlockString|Int|Float) ".*"/su, ' $1');
    throw new GraphQLError(message, { source, positions, extensions });
  }
}

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function checkTokens(source: Source, { maxTokens }: DocumentBounds): void {
  const lexer = new Lexer(source);
  let [tokens, nesting] = [0, 0];
  while (lexer.advance().kind !== TokenKind.EOF) {
    const { kind } = lexer.token;
    if (++tokens > maxTokens) throw passed('COST_LIMIT', 'document has too many tokens', tokens, maxTokens);
    if (opening.has(kind) && ++nesting > maxNesting) {
      throw passed('DEPTH_LIMIT', 'document is nested too deep', nesting, maxNesting);
    }
    if (closing.has(kind)) nesting--;
  }
}
