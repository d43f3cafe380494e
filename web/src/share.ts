import type { Announce } from './announce.ts';
import type { Text } from './texts.ts';

async function copy(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return false;
  }
}

/** Shows a word in place of what a button says, for two seconds. */
function flash(button: HTMLElement, sentence: string): void {
  if (button.dataset['flash'] !== undefined) return;
  button.dataset['flash'] = '';
  const before = [...button.childNodes];
  button.replaceChildren(sentence);
  window.setTimeout(() => {
    button.replaceChildren(...before);
    delete button.dataset['flash'];
  }, 2000);
}

/** Shows the buttons of a card that only a script can serve. */
export function enableCopying(card: HTMLElement): void {
  if (!window.isSecureContext) return;
  for (const button of card.querySelectorAll<HTMLElement>('[data-copy]')) button.hidden = false;
}

/** Serves the dialog with the link and the code to put the map into another page. */
export function serveShareDialog(
  dialog: HTMLDialogElement,
  opener: HTMLButtonElement,
  text: Text,
  announce: Announce,
): void {
  const link = dialog.querySelector<HTMLInputElement>('#share-link')!;
  const embed = dialog.querySelector<HTMLTextAreaElement>('#share-embed')!;
  opener.addEventListener('click', () => {
    const address = new URL(window.location.href);
    address.searchParams.delete('incorpora');
    link.value = readable(address);
    address.searchParams.set('incorpora', '1');
    const title = document.title.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const source = readable(address).replaceAll('&', '&amp;');
    embed.value = `<iframe src="${source}" title="${title}" width="100%" height="480" loading="lazy"></iframe>`;
    dialog.showModal();
    link.select();
  });
  for (const field of [link, embed]) field.addEventListener('focus', () => field.select());
  dialog.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-copy-from]');
    const field = dialog.querySelector<HTMLInputElement>(`#${button?.dataset['copyFrom']}`);
    if (!button || !field) return;
    field.select();
    void copy(field.value).then((done) => {
      if (done) flash(button, text('map-copied'));
      announce(text(done ? 'map-copied' : 'map-copy-failed-select'));
    });
  });
}

// Commas and colons are allowed in a query: encoded they only make an address hard to read.
function readable(address: URL): string {
  return address.href.replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** Serves "Copia" and "Condividi" of the cards in a panel: the link works without it. */
export function serveSharing(panel: HTMLElement, text: Text, announce: Announce): void {
  panel.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-copy]');
    if (button) {
      void copy(button.dataset['copy'] ?? '').then((done) => {
        const sentence = text(done ? 'map-copied' : 'map-copy-failed');
        if (done) flash(button, sentence);
        announce(sentence);
      });
      return;
    }
    const link = event.target.closest<HTMLAnchorElement>('a[data-share]');
    if (!link || event.ctrlKey || event.metaKey || !window.isSecureContext) return;
    event.preventDefault();
    if (typeof navigator.share === 'function' && window.matchMedia('(pointer: coarse)').matches) {
      // The visitor may close the system's dialog: nothing to say then.
      navigator.share({ title: document.title, url: link.href }).catch(() => undefined);
      return;
    }
    void copy(link.href).then((done) => {
      const sentence = text(done ? 'map-link-copied' : 'map-copy-failed');
      if (done) flash(link, sentence);
      announce(sentence);
    });
  });
}
