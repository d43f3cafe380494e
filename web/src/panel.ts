import { CardError } from './card.ts';
import type { Text } from './texts.ts';

/** The panel beside the map, or the sheet under it: a hint, a card, grey lines or a failure. */
export interface Panel {
  /** Shows a card; moves the focus to its heading if asked. */
  show(article: HTMLElement, focus: boolean): void;
  /** Shows grey lines, unless an answer comes at once. */
  wait(): void;
  /** Says that the answer did not come, with a way to try again and the page as a link. */
  fail(error: unknown, page: string, retry: () => void): void;
  /** Shows the hint, with the list of parcels in view. */
  clear(): void;
  /** Shows above all else what several parcels are together; `undefined` takes it away. */
  summary(section: HTMLElement | undefined): void;
  /** Returns whether the list of parcels in view is shown. */
  isList(): boolean;
}

/** An answer that comes sooner than this shows no grey lines: they would only flicker. */
const PATIENCE_MS = 150;

function paragraph(text: string, className = ''): HTMLParagraphElement {
  const element = document.createElement('p');
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function greyLines(label: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'panel-wait';
  box.append(paragraph(label, 'visually-hidden'));
  for (let line = 0; line < 6; line++) {
    const bar = document.createElement('div');
    bar.className = 'grey-line';
    box.append(bar);
  }
  return box;
}

/** Returns the panel made of the page's elements. */
export function panelOf(
  body: HTMLElement,
  bar: HTMLElement,
  above: HTMLElement,
  hint: HTMLTemplateElement,
  text: Text,
  changed: (hasCard: boolean) => void,
): Panel {
  let timer = 0;
  const put = (content: Node, busy: boolean, hasCard: boolean): void => {
    window.clearTimeout(timer);
    body.replaceChildren(content);
    body.setAttribute('aria-busy', String(busy));
    if (body.parentElement) body.parentElement.scrollTop = 0;
    bar.hidden = !hasCard;
    changed(hasCard);
  };
  return {
    show(article, focus) {
      put(article, false, true);
      if (focus) article.querySelector<HTMLElement>('.card-title')?.focus();
    },
    wait() {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => put(greyLines(text('map-loading')), true, true), PATIENCE_MS);
    },
    fail(error, page, retry) {
      const box = document.createElement('div');
      box.className = 'panel-failure';
      const title = document.createElement('h2');
      title.className = 'card-title';
      title.tabIndex = -1;
      const isUnknown = error instanceof CardError && error.status === 404;
      title.textContent = text(isUnknown ? 'map-failed-not-found-title' : 'map-failed-title');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-sm btn-primary';
      button.textContent = text('map-retry');
      button.addEventListener('click', retry);
      const link = document.createElement('a');
      link.href = page;
      link.textContent = text('map-failed-link');
      const actions = document.createElement('p');
      actions.className = 'place-actions';
      // What is not there will not come by asking again.
      if (isUnknown) actions.append(link);
      else actions.append(button, link);
      const sentence = text(isUnknown ? 'map-failed-not-found' : 'map-failed');
      box.append(title, paragraph(sentence), actions);
      put(box, false, true);
    },
    clear() {
      put(hint.content.cloneNode(true), false, false);
    },
    summary(section) {
      // The focus stays where it was: on the parcel after the one that was taken out.
      const chips = [...above.querySelectorAll<HTMLElement>('[data-remove]')];
      const index = chips.findIndex((chip) => chip === document.activeElement);
      above.replaceChildren(...(section ? [section] : []));
      above.hidden = section === undefined;
      if (index < 0) return;
      const left = [...above.querySelectorAll<HTMLElement>('[data-remove]')];
      const next = left[Math.min(index, left.length - 1)];
      if (next) next.focus();
      else body.querySelector<HTMLElement>('.card-title')?.focus();
    },
    isList: () => body.querySelector('[data-view-list]') !== null,
  };
}
