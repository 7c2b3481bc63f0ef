/**
 * Draws a piece of the basemap as a picture, in a thread of its own: tiles are fetched, read and drawn without the page noticing.
 *
 * Hears `Wish`es and answers each that is still the newest with a `Drawn`; what the style says and we cannot draw is a `fault`.
 */
import { VectorTile, type VectorTileFeature } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { acrossOf, downOf, placing, WORLD, type Camera } from "./camera";
import { creditOf, evaluate, isDrawn, type Layer, type Source, type Style } from "./mapstyle";
import { drawLabels, type Seen } from "./labels";

export interface Wish {
  nr: number;
  style: string;
  camera: Camera;
  width: number;
  height: number;
  /** Pixels of the picture for each of the page. */
  ratio: number;
  /** What will lie on the picture, and so many pixels round it: no name is written there. */
  covered: Spot[];
}

export interface Spot {
  lon: number;
  lat: number;
  round: number;
}

export interface Drawn {
  nr: number;
  camera: Camera;
  picture?: ImageBitmap;
  credit?: string;
  fault?: string;
}

interface Shape {
  props: Record<string, unknown>;
  type: number;
  rings: { x: number; y: number }[][];
}

/** A tile on the picture: its corner and how long its side is, in pixels of the page. */
interface Placed {
  tile: VectorTile;
  left: number;
  top: number;
  side: number;
}

const MOST_TILES = 16;
const styles = new Map<string, Promise<Style>>();
const tiles = new Map<string, Promise<VectorTile | null>>();
const shapes = new WeakMap<VectorTile, Map<string, Shape[]>>();
let newest = 0;

function once<T>(kept: Map<string, Promise<T>>, address: string, read: (answer: Response) => Promise<T>): Promise<T> {
  const asked = kept.get(address) ?? fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return read(answer);
  });
  kept.set(address, asked);
  // What could not be had is asked for again the next time.
  asked.catch(() => kept.delete(address));
  return asked;
}

const tileAt = (address: string): Promise<VectorTile | null> =>
  once(tiles, address, async (answer) => (answer.status === 204 ? null : new VectorTile(new PbfReader(await answer.arrayBuffer()))));

async function tilesOf(source: Source, { camera, width, height }: Wish): Promise<Placed[]> {
  const scale = WORLD * 2 ** camera.zoom;
  const left = acrossOf(camera.lon) * scale - width / 2;
  const top = downOf(camera.lat) * scale - height / 2;
  for (let z = Math.max(source.minzoom, Math.min(source.maxzoom, Math.floor(camera.zoom))); ; z--) {
    const side = scale / 2 ** z;
    const [west, east] = [Math.floor(left / side), Math.floor((left + width) / side)];
    const [north, south] = [Math.floor(top / side), Math.floor((top + height) / side)];
    if ((east - west + 1) * (south - north + 1) > MOST_TILES && z > source.minzoom) continue;
    const wanted: Promise<Placed | null>[] = [];
    for (let x = west; x <= east; x++) {
      for (let y = north; y <= south; y++) {
        if (x < 0 || y < 0 || x >= 2 ** z || y >= 2 ** z) continue;
        const address = source.tiles[0]!.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
        // A tile that is lost leaves a gap, not a page without a map.
        wanted.push(tileAt(address).catch(() => null).then((tile) => tile && { tile, left: x * side - left, top: y * side - top, side }));
      }
    }
    return (await Promise.all(wanted)).filter((one) => one !== null);
  }
}

function shapesOf(tile: VectorTile, name: string): Shape[] {
  const read = shapes.get(tile) ?? new Map<string, Shape[]>();
  shapes.set(tile, read);
  const known = read.get(name);
  if (known) return known;
  const layer = tile.layers[name];
  const found: Shape[] = [];
  for (let nr = 0; layer && nr < layer.length; nr++) {
    const one: VectorTileFeature = layer.feature(nr);
    const across = 1 / one.extent;
    const rings = one.loadGeometry().map((ring) => ring.map(({ x, y }) => ({ x: x * across, y: y * across })));
    found.push({ props: one.properties, type: one.type, rings });
  }
  read.set(name, found);
  return found;
}

function seenIn(layer: Layer, placed: Placed, zoom: number): Shape[] {
  const all = shapesOf(placed.tile, layer["source-layer"] ?? "");
  return layer.filter === undefined ? all : all.filter((one) => evaluate(layer.filter, zoom, one.props) === true);
}

function trace(path: Path2D, shape: Shape, { left, top, side }: Placed, isClosed: boolean): void {
  for (const ring of shape.rings) {
    ring.forEach(({ x, y }, nr) => (nr ? path.lineTo(left + x * side, top + y * side) : path.moveTo(left + x * side, top + y * side)));
    if (isClosed) path.closePath();
  }
}

/** Draws one layer: what is drawn alike is drawn at once. */
function drawLayer(ctx: OffscreenCanvasRenderingContext2D, layer: Layer, placed: Placed[], zoom: number): void {
  const isFill = layer.type === "fill";
  const paint = layer.paint ?? {};
  const number = (name: string, otherwise: number, props = {}): number => Number(evaluate(paint[name] ?? otherwise, zoom, props));
  for (const one of placed) {
    const alike = new Map<number, Path2D>();
    for (const shape of seenIn(layer, one, zoom)) {
      const opacity = number(isFill ? "fill-opacity" : "line-opacity", 1, shape.props);
      const path = alike.get(opacity) ?? new Path2D();
      alike.set(opacity, path);
      trace(path, shape, one, isFill);
    }
    ctx.save();
    ctx.beginPath();
    ctx.rect(one.left, one.top, one.side, one.side);
    ctx.clip();
    for (const [opacity, path] of alike) {
      ctx.globalAlpha = opacity;
      if (isFill) {
        ctx.fillStyle = String(paint["fill-color"]);
        ctx.fill(path);
        if (paint["fill-outline-color"]) Object.assign(ctx, { strokeStyle: paint["fill-outline-color"], lineWidth: 0.7 });
        if (paint["fill-outline-color"]) ctx.stroke(path);
      } else {
        ctx.lineWidth = number("line-width", 1);
        ctx.strokeStyle = String(paint["line-color"]);
        ctx.lineCap = (layer.layout?.["line-cap"] as CanvasLineCap) ?? "butt";
        ctx.lineJoin = (layer.layout?.["line-join"] as CanvasLineJoin) ?? "miter";
        ctx.setLineDash(((paint["line-dasharray"] as number[] | undefined) ?? []).map((dash) => dash * ctx.lineWidth));
        ctx.stroke(path);
      }
    }
    ctx.restore();
  }
}

/** Everything a layer of names could say, on the picture. */
function said(layer: Layer, placed: Placed[], zoom: number): Seen[] {
  return placed.flatMap((one) =>
    seenIn(layer, one, zoom).map((shape) => ({
      words: String(evaluate(layer.layout?.["text-field"], zoom, shape.props) ?? ""),
      type: shape.type,
      lines: shape.rings.map((ring) => ring.map(({ x, y }) => ({ x: one.left + x * one.side, y: one.top + y * one.side }))),
    })),
  );
}

async function draw(wish: Wish): Promise<Drawn> {
  const style = await once(styles, wish.style, (answer) => answer.json() as Promise<Style>);
  const source = Object.values(style.sources)[0];
  const placed = source ? await tilesOf(source, wish) : [];
  const { nr, camera, width, height, ratio } = wish;
  if (nr !== newest) return { nr, camera };
  const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
  const ctx = canvas.getContext("2d", { alpha: false });
  if (!ctx) throw new Error("nothing to draw on");
  ctx.scale(ratio, ratio);
  const names: [Layer, Seen[]][] = [];
  for (const layer of style.layers) {
    if (!isDrawn(layer, camera.zoom)) continue;
    if (layer.type === "background") {
      ctx.fillStyle = String(layer.paint?.["background-color"]);
      ctx.fillRect(0, 0, width, height);
    } else if (layer.type === "symbol") names.unshift([layer, said(layer, placed, camera.zoom)]);
    else drawLayer(ctx, layer, placed, camera.zoom);
  }
  const at = placing(camera, width, height);
  const covered = wish.covered.map(({ lon, lat, round }) => {
    const [x, y] = at(lon, lat);
    return { left: x - round, top: y - round, right: x + round, bottom: y + round };
  });
  drawLabels(ctx, names, { zoom: camera.zoom, width, height }, covered);
  return { nr, camera, picture: canvas.transferToImageBitmap(), credit: creditOf(style) };
}

/** The page's own letters, which a thread has to fetch for itself. */
async function letters(): Promise<void> {
  const fonts = (self as unknown as { fonts?: FontFaceSet }).fonts;
  if (!fonts || typeof FontFace === "undefined") return;
  const faces = [
    new FontFace("Blisko", `url(${latin})`, { weight: "300 900", unicodeRange: "U+0000-00FF, U+2000-206F" }),
    new FontFace("Blisko", `url(${latinMore})`, { weight: "300 900", unicodeRange: "U+0100-02FF, U+1E00-1EFF" }),
  ];
  for (const face of faces) fonts.add(face);
  await Promise.allSettled(faces.map((face) => face.load()));
}

const latin = new URL("@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2", import.meta.url).href;
const latinMore = new URL("@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2", import.meta.url).href;
const ready = letters();

self.addEventListener("message", async ({ data }: MessageEvent<Wish>) => {
  newest = data.nr;
  const answer = (drawn: Drawn) => (self as unknown as Worker).postMessage(drawn, drawn.picture ? [drawn.picture] : []);
  try {
    await ready;
    answer(await draw(data));
  } catch (fault) {
    answer({ nr: data.nr, camera: data.camera, fault: fault instanceof Error ? fault.message : String(fault) });
  }
});
