import type { Text } from './texts.ts';

/** Where the layers stand beside the map and do not cover it. */
const DOCKED = '(min-width: 1200px)';

/** The side with layers and legend: beside the map where there is room, else over it. */
export function sideOf(
  layout: HTMLElement,
  side: HTMLElement,
  opener: HTMLButtonElement,
  closer: HTMLButtonElement,
  text: Text,
  resized: () => void,
): void {
  const isWide = window.matchMedia(DOCKED);
  const set = (isOpen: boolean): void => {
    layout.toggleAttribute('data-side', isOpen);
    opener.setAttribute('aria-expanded', String(isOpen));
    opener.hidden = isOpen && isWide.matches;
    resized();
  };
  opener.addEventListener('click', () => {
    const isOpen = !layout.hasAttribute('data-side');
    set(isOpen);
    if (isOpen) side.focus();
  });
  closer.addEventListener('click', () => {
    set(false);
    opener.focus();
  });
  side.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || isWide.matches || event.defaultPrevented) return;
    event.preventDefault();
    set(false);
    opener.focus();
  });
  isWide.addEventListener('change', () => set(isWide.matches));
  opener.setAttribute('aria-label', text('map-side-open'));
  set(isWide.matches);
}
