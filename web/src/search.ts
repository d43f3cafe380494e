import type { Announce } from './announce.ts';
import type { Text } from './texts.ts';

/**
 * Keeps the visitor on the map when a search finds exactly one parcel; any other result opens
 * the page of results, as the form does without a script.
 */
export function searchOnMap(
  form: HTMLFormElement,
  prefix: string,
  text: Text,
  announce: Announce,
  found: (reference: string) => void,
): void {
  const parcel = `${prefix}/particella/`;
  let request: AbortController | undefined;
  const example = document.querySelector<HTMLAnchorElement>('[data-search-example]');
  example?.addEventListener('click', (event) => {
    const field = form.elements.namedItem('q');
    if (event.ctrlKey || event.metaKey || !(field instanceof HTMLInputElement)) return;
    event.preventDefault();
    field.value = example.textContent;
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const query = new FormData(form).get('q');
    if (typeof query !== 'string' || query.trim() === '') return;
    const address = new URL(form.action);
    address.searchParams.set('q', query.trim());
    request?.abort();
    const mine = new AbortController();
    request = mine;
    announce(text('map-searching'));
    fetch(address, { signal: mine.signal, headers: { accept: 'text/html' } })
      .then((response) => {
        const path = new URL(response.url).pathname;
        const reference = decodeURIComponent(path.slice(parcel.length)).replaceAll('~', '/');
        if (response.ok && path.startsWith(parcel) && !reference.includes('?')) found(reference);
        else window.location.assign(address);
      })
      .catch(() => {
        if (!mine.signal.aborted) window.location.assign(address);
      });
  });
}
