import { type DocumentNode, Lexer, parse, Source, TokenKind } from 'graphql';
import { checkDocument, type DocumentBounds, passed } from './document-bounds.ts';

/** Brackets of all kinds in each other: the parser calls itself for each, and its stack ends at some 2,000. */
const maxNesting = 64;

/**
 * Parses a document that keeps within its bounds; those that do not need the whole of it are looked at first.
 *
 * Its text is let go of: graphql-js would count the lines of it from the beginning for every place of every error, which
 * takes 9 s for 100 errors below 90,000 empty lines. Places are known without it (see error-places.ts).
 *
 * @throws {GraphQLError} Of syntax; {@link checkDocument}
 */
export function parseDocument(text: string, bounds: DocumentBounds): DocumentNode {
  const source = new Source(text);
  checkTokens(source, bounds);
  const document = parse(source);
  checkDocument(document, bounds);
  source.body = '';
  return document;
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
