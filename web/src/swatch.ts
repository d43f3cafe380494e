/** A pattern over an area. */
interface Pattern {
  kind: 'hatch' | 'cross' | 'dots';
  angle: number;
  spacing: number;
  width: number;
  color: string;
}

/** A mark, as the server worked it out from the style. */
export type LegendSymbol =
  | {
      type: 'fill';
      color: string | null;
      opacity: number;
      pattern: Pattern | null;
      outline: string | null;
    }
  | { type: 'line'; color: string; opacity: number; width: number; dash: number[] }
  | {
      type: 'circle';
      color: string;
      opacity: number;
      radius: number;
      stroke: string | null;
      stroke_width: number;
    };

const SPACE = 'http://www.w3.org/2000/svg';
const WIDTH = 28;
const HEIGHT = 18;

let patterns = 0;

function draw(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Returns a pattern and the address by which a shape is filled with it. */
function patternOf(pattern: Pattern): [SVGElement, string] {
  patterns += 1;
  const id = `legend-pattern-${patterns}`;
  const { spacing, width, color, kind } = pattern;
  const box = draw('pattern', {
    id,
    patternUnits: 'userSpaceOnUse',
    width: spacing,
    height: spacing,
    // Angles of the map are counter-clockwise, those of SVG clockwise.
    patternTransform: `rotate(${-pattern.angle})`,
  });
  const middle = spacing / 2;
  if (kind === 'dots') {
    box.append(draw('circle', { cx: middle, cy: middle, r: width, fill: color }));
  } else {
    const stroke = { stroke: color, 'stroke-width': width };
    box.append(draw('path', { d: `M0 ${middle}h${spacing}`, ...stroke }));
    if (kind === 'cross') box.append(draw('path', { d: `M${middle} 0v${spacing}`, ...stroke }));
  }
  return [box, `url(#${id})`];
}

/** Returns a small picture of what is drawn for an entry of the legend. */
export function swatch(symbols: readonly LegendSymbol[]): SVGElement {
  const svg = draw('svg', {
    class: 'legend-swatch',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    'aria-hidden': 'true',
  });
  const isArea = symbols.some((symbol) => symbol.type === 'fill');
  const area = { x: 1, y: 1, width: WIDTH - 2, height: HEIGHT - 2 };
  for (const symbol of symbols) {
    if (symbol.type === 'fill') {
      const outline = symbol.outline ? { stroke: symbol.outline } : {};
      if (symbol.color) {
        const fill = { fill: symbol.color, 'fill-opacity': symbol.opacity };
        svg.append(draw('rect', { ...area, ...fill, ...outline }));
      }
      if (symbol.pattern) {
        const [pattern, fill] = patternOf(symbol.pattern);
        svg.append(pattern, draw('rect', { ...area, fill, ...outline }));
      }
    } else if (symbol.type === 'line') {
      const width = Math.min(symbol.width, 5);
      const line = {
        fill: 'none',
        stroke: symbol.color,
        'stroke-width': width,
        'stroke-opacity': symbol.opacity,
        'stroke-dasharray': symbol.dash.map((part) => part * width).join(' '),
      };
      // The line of an area goes around it.
      svg.append(
        isArea
          ? draw('rect', { ...area, ...line })
          : draw('path', { d: `M1 ${HEIGHT / 2}h${WIDTH - 2}`, ...line }),
      );
    } else {
      const stroke = symbol.stroke
        ? { stroke: symbol.stroke, 'stroke-width': symbol.stroke_width }
        : {};
      svg.append(
        draw('circle', {
          cx: WIDTH / 2,
          cy: HEIGHT / 2,
          r: Math.min(symbol.radius, 7),
          fill: symbol.color,
          'fill-opacity': symbol.opacity,
          ...stroke,
        }),
      );
    }
  }
  return svg;
}
