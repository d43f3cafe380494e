import type { Map as MapView } from 'maplibre-gl';
import type { Announce } from './announce.ts';
import type { View } from './permalink.ts';
import { styledOn } from './styled.ts';
import type { Text } from './texts.ts';

/** Themes that every preset draws, as far as they are drawn from the start. */
const GROUND = ['catasto', 'base'];
/** With so many layers a search among them helps. */
const MANY_LAYERS = 8;

/** The list of layers beside the map. */
export interface Layers {
  /** Takes the switches and opacities of an address. */
  restore(view: View): void;
  /** Returns what an address has to say of the layers. */
  state(): Pick<View, 'on' | 'off' | 'opacity'>;
  /** Returns whether a layer is drawn. */
  isOn(layer: string): boolean;
  /** Returns the layers that are drawn. */
  drawn(): Set<string>;
  /** Returns the layers that a theme draws, on its ground. */
  drawnBy(theme: string): Set<string>;
}

interface Row {
  id: string;
  theme: string;
  item: HTMLElement;
  box: HTMLInputElement;
  fromStart: boolean;
  coverage: boolean;
  words: string;
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Returns the list of layers of a side panel; `changed` is told of each change by a hand. */
export function layersOn(
  map: MapView,
  side: HTMLElement,
  text: Text,
  announce: Announce,
  changed: () => void,
): Layers {
  const styled = styledOn(map);
  const themes = [...side.querySelectorAll<HTMLDetailsElement>('[data-theme]')];
  const rows: Row[] = themes.flatMap((theme) =>
    [...theme.querySelectorAll<HTMLElement>('[data-layer]')].map((item) => ({
      id: item.dataset['layer'] ?? '',
      theme: theme.dataset['theme'] ?? '',
      item,
      box: item.querySelector<HTMLInputElement>('input[type="checkbox"]')!,
      fromStart: item.dataset['visible'] !== undefined,
      coverage: item.dataset['coverage'] !== undefined,
      words: folded(`${theme.querySelector('.theme-title')?.textContent} ${item.textContent}`),
    })),
  );
  const sliders = [...side.querySelectorAll<HTMLInputElement>('[data-opacity]')];
  const presets = [...side.querySelectorAll<HTMLButtonElement>('[data-preset]')];
  const themeOf = new Map(rows.map((row) => [row.id, row.theme]));

  const opacities = (): Map<string, number> => {
    const found = new Map<string, number>();
    for (const slider of sliders) {
      const percent = Number(slider.value);
      if (percent < 100) found.set(slider.dataset['opacity'] ?? '', percent);
    }
    return found;
  };
  const fade = (): void => {
    const percent = opacities();
    for (const slider of sliders) {
      const output = slider.parentElement?.querySelector('output');
      if (output) output.textContent = `${slider.value} %`;
    }
    const byLayer = new Map<string, number>();
    for (const [layer, theme] of themeOf) {
      byLayer.set(layer, (percent.get(theme) ?? 100) / 100);
    }
    styled.fade(byLayer);
  };
  // Of the layers that cover everything only the first is drawn: two would hide each other.
  const wantedBy = (theme: string): Set<string> => {
    const own = rows.filter((row) => row.theme === theme);
    const [covering] = own.filter((row) => row.coverage);
    const wanted = rows.filter((row) =>
      row.theme === theme
        ? !row.coverage || row === covering || GROUND.includes(theme)
        : GROUND.includes(row.theme) && row.fromStart,
    );
    return new Set(wanted.map((row) => row.id));
  };
  const show = (): void => {
    styled.show(new Set(rows.filter((row) => row.box.checked).map((row) => row.id)));
    for (const theme of themes) {
      const own = rows.filter((row) => row.theme === theme.dataset['theme']);
      const on = own.filter((row) => row.box.checked).length;
      const count = theme.querySelector('[data-count]');
      if (count) {
        count.textContent = text('map-theme-count')
          .replace('%1', String(on))
          .replace('%2', String(own.length));
      }
      theme.toggleAttribute('data-on', on > 0);
    }
    for (const preset of presets) {
      const wanted = wantedBy(preset.dataset['preset'] ?? '');
      const fits = rows.every((row) => row.box.checked === wanted.has(row.id));
      preset.setAttribute('aria-pressed', String(fits));
    }
  };

  for (const preset of presets) {
    // A preset for which the comune has no layer is not offered.
    preset.hidden = !rows.some((row) => row.theme === preset.dataset['preset']);
    preset.addEventListener('click', () => {
      const wanted = wantedBy(preset.dataset['preset'] ?? '');
      for (const row of rows) row.box.checked = wanted.has(row.id);
      for (const theme of themes) theme.open = theme.dataset['theme'] === preset.dataset['preset'];
      show();
      announce(text('map-preset-set').replace('%1', preset.textContent.trim()));
      changed();
    });
  }
  const few = presets.filter((preset) => !preset.hidden).length < 2;
  side.querySelector('#presets')?.toggleAttribute('hidden', few);

  for (const row of rows) {
    row.box.addEventListener('change', () => {
      show();
      changed();
    });
  }
  for (const slider of sliders) {
    slider.addEventListener('input', fade);
    slider.addEventListener('change', changed);
  }

  const filter = side.querySelector<HTMLInputElement>('#layer-filter');
  const none = side.querySelector<HTMLElement>('#layer-none');
  if (filter && rows.length >= MANY_LAYERS) filter.parentElement!.hidden = false;
  let opened: boolean[] | undefined;
  filter?.addEventListener('input', () => {
    const wanted = folded(filter.value).split(/\s+/).filter(Boolean);
    if (wanted.length > 0 && !opened) opened = themes.map((theme) => theme.open);
    for (const row of rows) row.item.hidden = !wanted.every((word) => row.words.includes(word));
    themes.forEach((theme, index) => {
      const has = rows.some((row) => row.theme === theme.dataset['theme'] && !row.item.hidden);
      theme.hidden = !has;
      theme.open = wanted.length > 0 ? has : (opened?.[index] ?? theme.open);
    });
    if (wanted.length === 0) opened = undefined;
    if (none) none.hidden = rows.some((row) => !row.item.hidden);
  });
  // Two or three themes are shown whole; of many, those that the map shows.
  for (const theme of themes) {
    theme.open = themes.length < 4 && rows.length < MANY_LAYERS;
  }
  show();

  return {
    restore(view) {
      for (const row of rows) {
        row.box.checked = row.fromStart ? !view.off.includes(row.id) : view.on.includes(row.id);
      }
      for (const slider of sliders) {
        slider.value = String(view.opacity.get(slider.dataset['opacity'] ?? '') ?? 100);
      }
      show();
      fade();
    },
    state: () => ({
      on: rows.filter((row) => row.box.checked && !row.fromStart).map((row) => row.id),
      off: rows.filter((row) => !row.box.checked && row.fromStart).map((row) => row.id),
      opacity: opacities(),
    }),
    isOn: (layer) => rows.some((row) => row.id === layer && row.box.checked),
    drawn: () => new Set(rows.filter((row) => row.box.checked).map((row) => row.id)),
    drawnBy: wantedBy,
  };
}
