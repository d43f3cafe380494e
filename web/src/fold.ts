import type { Text } from './texts.ts';

/** The panel on a desktop, which folds away to leave its place to the map. */
export interface Fold {
  /** Unfolds it: a card has come. */
  open(): void;
}

/** Returns the fold of the panel of a layout; the button folds and unfolds it. */
export function foldOf(layout: HTMLElement, button: HTMLButtonElement, text: Text): Fold {
  const set = (isFolded: boolean): void => {
    layout.toggleAttribute('data-folded', isFolded);
    const label = text(isFolded ? 'map-panel-show' : 'map-panel-hide');
    button.setAttribute('aria-label', label);
    button.title = label;
  };
  button.addEventListener('click', () => set(!layout.hasAttribute('data-folded')));
  button.hidden = false;
  set(false);
  return { open: () => set(false) };
}
