import type { Announce } from './announce.ts';
import type { Text } from './texts.ts';

/** A result, as `/api/v1/search` sends it. */
export interface Result {
  title: string;
  detail: string;
  lon: number;
  lat: number;
  bbox: [number, number, number, number] | null;
  reference: string | null;
  /** Path of the page that says what is there. */
  page: string;
  /** Path of the map that shows it. */
  map: string;
}

interface Group {
  kind: string;
  title: string;
  total: number;
  results: Result[];
}

interface Answer {
  query: string;
  groups: Group[];
}

/** Keys that come faster than this ask only once. */
const PAUSE_MS = 180;
const MIN_CHARS = 2;

/**
 * Makes the search box a combobox (ARIA 1.2) with suggestions in groups. Without a choice the
 * form opens the page of results, as it does without a script; a single result is chosen.
 */
export function comboboxOn(
  form: HTMLFormElement,
  comune: string,
  text: Text,
  announce: Announce,
  chosen: (result: Result) => void,
): void {
  const input = form.querySelector<HTMLInputElement>('input[name="q"]');
  if (!input) return;
  const list = document.createElement('div');
  list.id = 'search-results';
  list.className = 'search-results';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', text('map-results'));
  list.hidden = true;
  form.append(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');

  let options: { element: HTMLElement; choose: () => void }[] = [];
  let active = -1;
  let timer = 0;
  let request: AbortController | undefined;
  let last: Answer | undefined;

  const mark = (index: number): void => {
    options[active]?.element.removeAttribute('aria-selected');
    active = index;
    const option = options[index]?.element;
    if (option) {
      option.setAttribute('aria-selected', 'true');
      option.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', option.id);
    } else input.removeAttribute('aria-activedescendant');
  };
  const open = (isOpen: boolean): void => {
    list.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) mark(-1);
  };
  const choose = (result: Result): void => {
    input.value = result.reference ?? result.title;
    open(false);
    chosen(result);
  };
  const line = (className: string, words: string): HTMLElement => {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = words;
    return element;
  };
  const add = (parent: HTMLElement, parts: HTMLElement[], act: () => void): void => {
    const element = document.createElement('div');
    element.id = `search-option-${options.length}`;
    element.className = 'search-option';
    element.setAttribute('role', 'option');
    element.append(...parts);
    // The field keeps the focus: the list must not take it.
    element.addEventListener('pointerdown', (event) => event.preventDefault());
    element.addEventListener('click', act);
    parent.append(element);
    options.push({ element, choose: act });
  };
  const all = (query: string): void => {
    const address = new URL(form.action);
    address.searchParams.set('q', query);
    window.location.assign(address);
  };
  const show = (answer: Answer): void => {
    list.replaceChildren();
    options = [];
    mark(-1);
    let total = 0;
    let shown = 0;
    for (const group of answer.groups) {
      const box = document.createElement('div');
      box.setAttribute('role', 'group');
      const title = line('search-group', group.title);
      title.id = `search-group-${group.kind}`;
      title.setAttribute('role', 'presentation');
      box.setAttribute('aria-labelledby', title.id);
      box.append(title);
      for (const result of group.results) {
        const parts = [line('option-title', result.title), line('option-detail', result.detail)];
        add(box, parts, () => choose(result));
      }
      list.append(box);
      total += group.total;
      shown += group.results.length;
    }
    if (total > shown) {
      const words = text('map-results-all').replace('%1', String(total));
      add(list, [line('option-title', words)], () => all(answer.query));
    }
    if (total === 0) {
      const none = document.createElement('div');
      none.className = 'search-none';
      none.setAttribute('role', 'option');
      none.setAttribute('aria-disabled', 'true');
      none.textContent = text('map-results-none');
      list.append(none);
    }
    const key = total === 0 ? 'map-results-none' : 'map-results-count';
    announce(
      (key === 'map-results-none' ? text('map-results-none') : text('map-results-count')).replace(
        '%1',
        String(total),
      ),
    );
    open(true);
  };
  const ask = async (query: string): Promise<Answer | undefined> => {
    if (last?.query === query) return last;
    request?.abort();
    const mine = new AbortController();
    request = mine;
    const params = new URLSearchParams({ q: query, comune, lang: document.documentElement.lang });
    try {
      const response = await fetch(`/api/v1/search?${params}`, { signal: mine.signal });
      if (!response.ok) return undefined;
      last = (await response.json()) as Answer;
      return last;
    } catch {
      return undefined;
    }
  };
  const suggest = async (): Promise<void> => {
    const query = input.value.trim();
    if (query.length < MIN_CHARS) {
      open(false);
      return;
    }
    const answer = await ask(query);
    if (answer && input.value.trim() === query && document.activeElement === input) show(answer);
  };

  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void suggest(), PAUSE_MS);
  });
  input.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) void suggest();
      else if (options.length > 0) {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const places = options.length + 1;
        mark(((active + 1 + step + places) % places) - 1);
      }
    } else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      else open(false);
      event.preventDefault();
    } else if (event.key === 'Enter' && !list.hidden && options[active]) {
      event.preventDefault();
      options[active]?.choose();
    }
  });
  input.addEventListener('blur', () => open(false));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const query = input.value.trim();
    if (query === '') return;
    window.clearTimeout(timer);
    announce(text('map-searching'));
    void ask(query).then((answer) => {
      const results = answer?.groups.flatMap((group) => group.results) ?? [];
      const total = answer?.groups.reduce((sum, group) => sum + group.total, 0);
      const [only] = results;
      if (total === 1 && only) choose(only);
      else if (answer && total === 0) show(answer);
      else all(query);
    });
  });
  const example = document.querySelector<HTMLAnchorElement>('[data-search-example]');
  example?.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    input.value = example.textContent;
    form.requestSubmit();
  });
}
