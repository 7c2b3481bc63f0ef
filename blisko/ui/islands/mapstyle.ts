/** As much of MapLibre's style as our own basemap is written in (`ui/mapstyle.py`). Pure; what it does not know, it refuses. */

export type Props = Record<string, unknown>;

export interface Layer {
  id: string;
  type: string;
  "source-layer"?: string;
  minzoom?: number;
  maxzoom?: number;
  filter?: unknown;
  layout?: Props;
  paint?: Props;
}

export interface Source {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds?: [number, number, number, number];
  attribution?: string;
}

export interface Style {
  sources: Record<string, Source>;
  layers: Layer[];
}

/** The value of an expression of the style specification, for a feature of these properties at a zoom. */
export function evaluate(made: unknown, zoom: number, props: Props = {}): unknown {
  if (!Array.isArray(made) || typeof made[0] !== "string") return made;
  const [name, ...rest] = made as [string, ...unknown[]];
  const at = (part: unknown): unknown => evaluate(part, zoom, props);
  switch (name) {
    case "get":
      return props[String(rest[0])] ?? null;
    case "zoom":
      return zoom;
    case "coalesce":
      return rest.map(at).find((one) => one !== null) ?? null;
    case "==":
      return at(rest[0]) === at(rest[1]);
    case "!":
      return !at(rest[0]);
    case "all":
      return rest.every(at);
    case "case":
      return chosen(rest, at);
    case "match":
      return matched(rest, at);
    case "interpolate":
      return between(rest, at);
    default:
      throw new Error(`the style says "${name}"`);
  }
}

function chosen(rest: unknown[], at: (part: unknown) => unknown): unknown {
  for (let nr = 0; nr + 1 < rest.length; nr += 2) if (at(rest[nr])) return at(rest[nr + 1]);
  return at(rest.at(-1));
}

function matched(rest: unknown[], at: (part: unknown) => unknown): unknown {
  const asked = at(rest[0]);
  for (let nr = 1; nr + 1 < rest.length; nr += 2) {
    const label = rest[nr];
    if (Array.isArray(label) ? label.includes(asked) : label === asked) return at(rest[nr + 1]);
  }
  return at(rest.at(-1));
}

function between([kind, input, ...stops]: unknown[], at: (part: unknown) => unknown): number {
  const base = Array.isArray(kind) && kind[0] === "exponential" ? Number(kind[1]) : 1;
  const where = Number(at(input));
  const steps = stops.filter((_, nr) => nr % 2 === 0).map(Number);
  const values = stops.filter((_, nr) => nr % 2 === 1).map((one) => Number(at(one)));
  const above = steps.findIndex((step) => step > where);
  if (above === 0) return values[0]!;
  if (above < 0) return values.at(-1)!;
  const [low, high] = [steps[above - 1]!, steps[above]!];
  const share = base === 1 ? (where - low) / (high - low) : (base ** (where - low) - 1) / (base ** (high - low) - 1);
  return values[above - 1]! + share * (values[above]! - values[above - 1]!);
}

/** Whether a layer is drawn at a zoom. */
export function isDrawn(layer: Layer, zoom: number): boolean {
  return zoom >= (layer.minzoom ?? 0) && zoom < (layer.maxzoom ?? 99);
}

/** The words of an attribution, which may be written with links. */
export function creditOf(style: Style): string {
  const said = Object.values(style.sources).map((source) => source.attribution ?? "").filter(Boolean);
  return said.join(" ").replace(/<[^>]*>/g, "").replace(/&copy;/g, "©").trim();
}
