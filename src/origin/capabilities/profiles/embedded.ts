import { decodedSyntaxes } from '../drawable.ts';
import { type Profile, syntaxes } from './profile.ts';

/** The archive of this package, over a folder or the phantom studies. Files come as they are, frames decoded where asked for. */
export const embedded: Profile = {
  asOf: new Date('2025-01-31'),
  capabilities: {
    uidListMatching: true,
    rootSeriesSearch: true,
    rootInstanceSearch: true,
    includeField: true,
    ordering: true,
    caseInsensitiveMatching: true,
    renderedFormats: ['image/jpeg', 'image/png', 'image/webp'],
    renderedSyntaxes: decodedSyntaxes,
    nativeSyntaxes: [],
    frameSyntaxes: syntaxes('.1'),
    convertedSyntaxes: decodedSyntaxes,
  },
};
