import { html, type Markup } from './markup.ts';

/** One section of the page, and how the contents list names it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** Shown beside the name in the contents. */
  readonly count: number | null;
  readonly markup: Markup;
}

/** A section with its heading. `remark` stands small beside the heading. */
export function section(id: string, title: string, count: number | null, remark: string, body: Markup): Section {
  const markup = html`<section id="${id}" aria-labelledby="${id}-title">
<div class="section-head"><h2 id="${id}-title">${title}</h2>${remark === '' ? null : html`<p class="remark">${remark}</p>`}</div>
${body}
</section>
`;
  return { id, title, count, markup };
}

/** The contents, as a list of links. */
export function navigation(sections: readonly Section[]): Markup {
  return html`<nav class="contents" aria-label="Contents"><ul>
${sections.map(
  ({ id, title, count }) =>
    html`<li><a href="#${id}">${title}${count === null ? null : html`&nbsp;<span class="count">${count}</span>`}</a></li>
`,
)}</ul></nav>`;
}
