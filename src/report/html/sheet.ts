import { documentOf } from './document.ts';
import { html, type Markup } from './markup.ts';
import { navigation, type Section } from './section.ts';

/** A page as every report has it: the masthead, what leads to the sections, the sections, and the colophon. */
export function sheetOf(title: string, masthead: Markup, sections: readonly Section[], colophon: Markup): string {
  return documentOf(
    title,
    html`<a class="skip" href="#main">Skip to the report</a>
<div class="sheet">
${masthead}
<div class="columns">
${navigation(sections)}
<main id="main">
${sections.map(({ markup }) => markup)}
</main>
</div>
<footer class="colophon">
${colophon}
</footer>
</div>`,
  );
}
