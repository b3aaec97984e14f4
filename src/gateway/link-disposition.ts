import { isOpaque, type LinkGrant } from '../links/grant.ts';
import { contentDisposition, fileName } from './bytes/file-name.ts';

/** What a browser opens in a tab of its own. */
const isDocument = (contentType: string): boolean => /^(?:application\/pdf|text\/|video\/)/.test(contentType);

/**
 * Content-Disposition of what a link gives: to be saved where the client asks for a download, and with a name where it is a
 * document, which a tab would else save under the name of the token. null: none.
 */
export function linkDisposition(
  grant: LinkGrant,
  {
    download,
    frame,
    contentType,
  }: { readonly download: boolean; readonly frame: number | null; readonly contentType: string },
): string | null {
  if (!download && !isDocument(contentType)) return null;
  const { study, series, instance } = grant;
  const level = instance !== null ? 'instance' : series !== null ? 'series' : 'study';
  const uid = isOpaque(grant) ? null : (instance ?? series ?? study);
  return contentDisposition(download ? 'attachment' : 'inline', fileName({ uid, level, frame }, contentType));
}
