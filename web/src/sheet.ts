/** The three heights of the sheet on a phone. On a desktop the panel ignores them. */
const HEIGHTS = ['title', 'half', 'full'] as const;
type Height = (typeof HEIGHTS)[number];

/** The sheet under the map on a phone. */
export interface Sheet {
  /** Opens it to half when a card arrives, and folds it when the card goes. */
  hasCard(hasCard: boolean): void;
  /** Returns how many pixels of the map's lower part it covers; 0 on a desktop. */
  covered(): number;
}

/** Where the panel is a sheet: Bootstrap's breakpoint md. */
export const PHONE = '(max-width: 767.98px)';

/** A finger that moved less than this on the bar meant a tap. */
const DRAG_PX = 24;

/** Returns the sheet; two buttons change its height, and dragging the bar does too. */
export function sheetOf(
  panel: HTMLElement,
  bar: HTMLElement,
  larger: HTMLButtonElement,
  smaller: HTMLButtonElement,
): Sheet {
  const current = (): number => Math.max(0, HEIGHTS.indexOf(panel.dataset['height'] as Height));
  const set = (index: number): void => {
    const height = HEIGHTS[Math.min(Math.max(index, 0), HEIGHTS.length - 1)] ?? 'title';
    panel.dataset['height'] = height;
    // A button that has the focus is not disabled under the finger: it only stops working.
    larger.setAttribute('aria-disabled', String(height === 'full'));
    smaller.setAttribute('aria-disabled', String(height === 'title'));
  };
  larger.addEventListener('click', () => set(current() + 1));
  smaller.addEventListener('click', () => set(current() - 1));

  let startY: number | undefined;
  bar.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Element && event.target.closest('button')) return;
    startY = event.clientY;
    bar.setPointerCapture(event.pointerId);
  });
  bar.addEventListener('pointerup', (event) => {
    if (startY === undefined) return;
    const moved = event.clientY - startY;
    startY = undefined;
    if (Math.abs(moved) >= DRAG_PX) set(current() + (moved < 0 ? 1 : -1));
    else set(current() === HEIGHTS.length - 1 ? 0 : current() + 1);
  });
  bar.addEventListener('pointercancel', () => {
    startY = undefined;
  });
  bar.hidden = false;
  set(current());

  return {
    hasCard(hasCard) {
      if (!hasCard) set(0);
      else if (current() === 0) set(1);
    },
    covered() {
      const layout = panel.parentElement;
      if (!layout || !window.matchMedia(PHONE).matches) return 0;
      const share = [0, 0.5, 1][current()] ?? 0;
      // The height that it will have, not the one in the middle of its transition.
      const frame = layout.querySelector('.map-frame')?.clientHeight ?? 0;
      return Math.max(0, frame - layout.clientHeight * (1 - share));
    },
  };
}
