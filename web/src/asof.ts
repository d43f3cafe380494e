import type { Announce } from './announce.ts';
import type { Text } from './texts.ts';

/** The day that is asked about. */
export interface AsOf {
  /** Takes the day of an address; `undefined` is today. */
  restore(date: string | undefined): void;
}

/** Serves the field with the day; `changed` is told of another day, `undefined` for today. */
export function asOfOn(
  side: HTMLElement,
  text: Text,
  announce: Announce,
  changed: (date: string | undefined) => void,
): AsOf {
  const field = side.querySelector<HTMLInputElement>('#as-of')!;
  const note = side.querySelector<HTMLElement>('#as-of-note')!;
  const lang = document.documentElement.lang;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome' }).format(new Date());
  const chosen = (): string | undefined =>
    field.value === '' || field.value === today ? undefined : field.value;
  const take = (): void => {
    if (field.value === '') field.value = today;
    const date = chosen();
    note.hidden = date === undefined;
    changed(date);
    const day = new Date(`${field.value}T12:00:00`);
    const words = new Intl.DateTimeFormat(lang, { dateStyle: 'long' }).format(day);
    announce(text('map-as-of-set').replace('%1', words));
  };
  // While a year is being typed the field holds days of the first centuries.
  field.addEventListener('change', () => {
    if (field.value === '' || field.value >= field.min) take();
  });
  side.querySelector('#as-of-today')?.addEventListener('click', () => {
    field.value = today;
    take();
    field.focus();
  });
  return {
    restore(date) {
      field.value = date ?? today;
      note.hidden = date === undefined;
    },
  };
}
