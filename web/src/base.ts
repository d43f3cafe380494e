/** The choice of the base map's look. */
export interface BaseChoice {
  /** Takes the look of an address; `undefined` is the usual one. */
  restore(base: string | undefined): void;
}

/** Serves the choice of the base map's look; the first one is the usual one. */
export function baseChoiceOn(
  field: HTMLElement,
  changed: (base: string | undefined) => void,
): BaseChoice {
  const choices = [...field.querySelectorAll<HTMLInputElement>('input[name="base"]')];
  for (const choice of choices) {
    choice.addEventListener('change', () => {
      changed(choice === choices[0] ? undefined : choice.value);
    });
  }
  field.hidden = false;
  return {
    restore(base) {
      const wanted = choices.find((choice) => choice.value === base) ?? choices[0];
      if (wanted) wanted.checked = true;
    },
  };
}
