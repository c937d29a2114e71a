import { html, type Markup } from "./page-markup.ts";

export type MarkName = "act" | "look" | "fine" | "cant_tell" | "owner";

const SHAPES: Readonly<Record<MarkName, Markup>> = {
  act: html`<path d="M7 1l6 6-6 6-6-6z" fill="var(--act-mark)"/>`,
  look: html`<path d="M7 1.6l6.2 11H.8z" fill="var(--look-mark)"/>`,
  fine: html`<path d="M2 7.6l3.3 3.4L12 3.6" fill="none" stroke="var(--ok-mark)" stroke-width="2.1"/>`,
  cant_tell: html`<circle cx="7" cy="7" r="5" fill="var(--bg)" stroke="var(--edge)" stroke-width="1.7" stroke-dasharray="2.1 1.5"/>`,
  owner: html`<circle cx="7" cy="7" r="5.4" fill="var(--ink)"/>`,
};

/** Words stand beside every mark, so it is silent. */
export const mark = (name: MarkName): Markup =>
  html`<svg width="13" height="13" viewBox="0 0 14 14" aria-hidden="true">${SHAPES[name]}</svg>`;

/** The same inside another drawing, its centre at x, y. */
export const markAt = (name: MarkName, x: number, y: number): Markup =>
  html`<g transform="translate(${x - 7} ${y - 7})">${SHAPES[name]}</g>`;

export const LOGO = html`<svg width="15" height="20" viewBox="0 0 15 20" aria-hidden="true"><path d="M1.5 1.5h12M7.5 1.5V10" stroke="currentColor" stroke-width="1.8" fill="none"/><path d="M7.5 9.4l4 3.6-4 6.4-4-6.4z" fill="currentColor"/></svg>`;
