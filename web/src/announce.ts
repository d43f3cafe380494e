/** Says a sentence through the polite live region, also when it equals the last one. */
export type Announce = (sentence: string) => void;

/** Returns the function that speaks through `region`. */
export function announcer(region: HTMLElement): Announce {
  let timer = 0;
  return (sentence) => {
    window.clearTimeout(timer);
    region.textContent = '';
    // Screen readers notice a change of text, not the same text set again.
    timer = window.setTimeout(() => {
      region.textContent = sentence;
    }, 60);
  };
}
