/** How a person moves between two known positions, and how positions lie on a drawing. Pure. */
export interface Fix {
  lat: number;
  lon: number;
  heading: number | null;
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export type LonLat = [number, number];

const turn = (degrees: number): number => ((degrees % 360) + 360) % 360;

/** Degrees from north of the way from `a` to `b`. */
export function bearing(a: Fix, b: Fix): number {
  const rad = Math.PI / 180;
  const dLon = (b.lon - a.lon) * rad;
  const y = Math.sin(dLon) * Math.cos(b.lat * rad);
  const x = Math.cos(a.lat * rad) * Math.sin(b.lat * rad) - Math.sin(a.lat * rad) * Math.cos(b.lat * rad) * Math.cos(dLon);
  return turn((Math.atan2(y, x) * 180) / Math.PI);
}

/**
 * The position at share `t` of the way from one fix to the next. Never before the first or beyond the last:
 * where nobody has seen the technician we do not draw one. The heading turns the shorter way round.
 */
export function between(from: Fix, to: Fix, t: number): Fix {
  const share = Math.min(1, Math.max(0, Number.isNaN(t) ? 1 : t));
  const start = from.heading ?? to.heading;
  const end = to.heading ?? from.heading;
  let heading: number | null = null;
  if (start !== null && end !== null) {
    const way = ((end - start + 540) % 360) - 180;
    heading = turn(start + way * share);
  }
  return { lat: from.lat + (to.lat - from.lat) * share, lon: from.lon + (to.lon - from.lon) * share, heading };
}

/** So many positions along a line, evenly apart, its ends among them. */
export function along(line: readonly LonLat[], many: number): LonLat[] {
  const lengths = line.slice(1).map(([lon, lat], nr) => Math.hypot((lon - line[nr]![0]) * Math.cos((lat * Math.PI) / 180), lat - line[nr]![1]));
  const whole = lengths.reduce((sum, one) => sum + one, 0);
  if (!whole) return [...line];
  const found: LonLat[] = [];
  let [nr, gone] = [0, 0];
  for (let each = 0; each < many; each++) {
    const wanted = (whole * each) / (many - 1);
    while (nr < lengths.length - 1 && gone + lengths[nr]! < wanted) gone += lengths[nr++]!;
    const [a, b, share] = [line[nr]!, line[nr + 1]!, lengths[nr]! ? (wanted - gone) / lengths[nr]! : 0];
    found.push([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
  }
  return found;
}

/** Metres between two fixes (haversine). */
export function metres(a: Fix, b: Fix): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The smallest box around positions, or nothing for none. */
export function boxOf(positions: readonly LonLat[]): Box | null {
  if (!positions.length) return null;
  const lons = positions.map(([lon]) => lon);
  const lats = positions.map(([, lat]) => lat);
  return { west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) };
}

const mercator = (lat: number): number => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;

/** The box in a drawing of `width` × `height` pixels with `pad` around it: answers where a position lies in it. */
export function projection(box: Box, width: number, height: number, pad: number): (lon: number, lat: number) => LonLat {
  const top = mercator(box.north);
  const bottom = mercator(box.south);
  // One street is the closest look there is, or a single point would be blown up without end.
  const least = 0.002;
  const spanX = Math.max(box.east - box.west, least);
  const spanY = Math.max(top - bottom, least);
  const scale = Math.min(Math.max(1, width - 2 * pad) / spanX, Math.max(1, height - 2 * pad) / spanY);
  const midX = (box.west + box.east) / 2;
  const midY = (top + bottom) / 2;
  return (lon, lat) => [width / 2 + (lon - midX) * scale, height / 2 - (mercator(lat) - midY) * scale];
}

/** Milliseconds a marker takes for its next stretch: as long as the last wait, within reason. */
export function stretch(waited: number): number {
  return Math.min(10_000, Math.max(400, waited));
}

/** Farther than this from the line, the technician has left the way we drew. */
const offTheWay = 150;

/**
 * What is left of a way for somebody at `now`: from there on to its end, without what lies behind. A straight line of two
 * ends is only a guess and starts wherever he is; a way he has left stays as it was.
 */
export function ahead(way: readonly LonLat[], now: Fix): LonLat[] {
  const here: LonLat = [now.lon, now.lat];
  const end = way.at(-1);
  if (way.length < 3 || !end) return end ? [here, end] : [];
  const flat = Math.cos((now.lat * Math.PI) / 180);
  let nearest = { metres: Infinity, index: 0 };
  for (let index = 1; index < way.length; index += 1) {
    const [a, b] = [way[index - 1] as LonLat, way[index] as LonLat];
    const [dx, dy] = [(b[0] - a[0]) * flat, b[1] - a[1]];
    const t = Math.min(1, Math.max(0, ((here[0] - a[0]) * flat * dx + (here[1] - a[1]) * dy) / (dx * dx + dy * dy || 1)));
    const foot: Fix = { lon: a[0] + (b[0] - a[0]) * t, lat: a[1] + dy * t, heading: null };
    const far = metres(foot, now);
    if (far < nearest.metres) nearest = { metres: far, index };
  }
  return nearest.metres > offTheWay ? [...way] : [here, ...way.slice(nearest.index)];
}
