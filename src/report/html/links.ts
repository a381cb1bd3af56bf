import { referenceAddress } from '../reference.ts';
import { html, type Markup } from './markup.ts';

/** A reference as a link where its address is known, else as text. */
export function referenceLink(reference: string): Markup {
  const address = referenceAddress(reference);
  return address === null ? html`${reference}` : html`<a href="${address}" rel="noreferrer">${reference}</a>`;
}
