/** Names on a drawn map: the more important first, none upon another, along streets where they belong to one. */
import { evaluate, type Layer } from "./mapstyle";

export interface Dot {
  x: number;
  y: number;
}

/** What could be written: the words, whether of a point (1), a line (2) or an area (3), and where that lies. */
export interface Seen {
  words: string;
  type: number;
  lines: Dot[][];
}

export interface Letter extends Dot {
  angle: number;
}

interface Frame {
  zoom: number;
  width: number;
  height: number;
}

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The same name again only so far away. */
const APART = 260;
/** As much as a street may turn from one letter to the next. */
const BENT = Math.PI / 7;
const EDGE = 3;
const BESIDE = 30;

const length = (a: Dot, b: Dot): number => Math.hypot(b.x - a.x, b.y - a.y);

/** Where letters of these widths stand in the middle of a line, each with its angle, from left to right; nothing where they do not fit. */
export function lettersAlong(line: readonly Dot[], widths: readonly number[]): Letter[] | null {
  const whole = line.slice(1).reduce((sum, dot, nr) => sum + length(line[nr]!, dot), 0);
  const wanted = widths.reduce((sum, one) => sum + one, 0);
  if (whole < wanted * 1.1) return null;
  const found = placed(line, widths, (whole - wanted) / 2);
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return null;
  // Read from left to right, whichever way the street was drawn.
  if (last.x < first.x) return lettersAlong([...line].reverse(), widths);
  const isStraight = found.every((one, nr) => !nr || Math.abs(turned(found[nr - 1]!.angle, one.angle)) < BENT);
  return isStraight ? found : null;
}

const turned = (from: number, to: number): number => Math.atan2(Math.sin(to - from), Math.cos(to - from));

function placed(line: readonly Dot[], widths: readonly number[], starts: number): Letter[] {
  const found: Letter[] = [];
  let [nr, gone, at] = [0, 0, starts];
  for (const width of widths) {
    const middle = at + width / 2;
    at += width;
    while (nr < line.length - 2 && gone + length(line[nr]!, line[nr + 1]!) < middle) gone += length(line[nr]!, line[++nr]!);
    const [a, b] = [line[nr]!, line[nr + 1]!];
    const share = (middle - gone) / (length(a, b) || 1);
    found.push({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, angle: Math.atan2(b.y - a.y, b.x - a.x) });
  }
  return found;
}

/** Words in lines of at most so much width, none of them torn. */
export function wrapped(words: string, most: number, widthOf: (words: string) => number): string[] {
  return words.split(" ").reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    return last !== undefined && widthOf(longer) <= most ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}

class Names {
  #taken: Rect[];
  #written: (Dot & { words: string })[] = [];

  constructor(private ctx: OffscreenCanvasRenderingContext2D, private frame: Frame, covered: readonly Rect[]) {
    this.#taken = [...covered];
  }

  write(layer: Layer, seen: readonly Seen[]): void {
    const { ctx } = this;
    const [layout, paint] = [layer.layout ?? {}, layer.paint ?? {}];
    const size = Number(evaluate(layout["text-size"], this.frame.zoom));
    const isBold = String((layout["text-font"] as string[] | undefined)?.[0]).includes("Bold");
    ctx.font = `${isBold ? 700 : 400} ${size}px Blisko, sans-serif`;
    ctx.letterSpacing = `${Number(layout["text-letter-spacing"] ?? 0) * size}px`;
    Object.assign(ctx, { fillStyle: paint["text-color"], strokeStyle: paint["text-halo-color"], lineWidth: 2 * Number(paint["text-halo-width"]) });
    Object.assign(ctx, { lineJoin: "round", textAlign: "center", textBaseline: "middle", globalAlpha: 1 });
    for (const { words, type, lines } of seen) {
      if (!words) continue;
      if (layout["symbol-placement"] === "line") for (const line of lines) this.#along(line, words, size);
      else if (lines[0]?.[0]) this.#at(type === 1 ? lines[0][0] : middleOf(lines[0]), words, size, Number(layout["text-max-width"] ?? 10));
    }
  }

  #at(dot: Dot, words: string, size: number, ems: number): void {
    const { ctx } = this;
    const lines = wrapped(words, ems * size, (some) => ctx.measureText(some).width);
    const wide = Math.max(...lines.map((line) => ctx.measureText(line).width));
    const high = lines.length * size * 1.2;
    // Where something covers the place itself, above or below it.
    const shifts = [0, -(high / 2 + BESIDE), high / 2 + BESIDE];
    const shift = shifts.find((down) => {
      const [x, y] = [dot.x, dot.y + down];
      const rect = { left: x - wide / 2 - EDGE, right: x + wide / 2 + EDGE, top: y - high / 2 - EDGE, bottom: y + high / 2 + EDGE };
      return this.#take([rect], dot, words);
    });
    if (shift === undefined) return;
    lines.forEach((line, nr) => this.#letters(line, dot.x, dot.y + shift + (nr - (lines.length - 1) / 2) * size * 1.2));
  }

  #along(line: readonly Dot[], words: string, size: number): void {
    const { ctx } = this;
    const letters = [...words];
    const found = lettersAlong(line, letters.map((letter) => ctx.measureText(letter).width));
    if (!found) return;
    const half = size / 2 + EDGE;
    const rects = found.map(({ x, y }) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half }));
    if (!this.#take(rects, found[found.length >> 1]!, words)) return;
    // Every halo before every letter, or a halo would lie on the letter before.
    for (const write of ["strokeText", "fillText"] as const) {
      found.forEach(({ x, y, angle }, nr) => {
        ctx.save();
        ctx.translate(x, y);
        ctx.rotate(angle);
        ctx[write](letters[nr]!, 0, 0);
        ctx.restore();
      });
    }
  }

  #letters(words: string, x: number, y: number): void {
    this.ctx.strokeText(words, x, y);
    this.ctx.fillText(words, x, y);
  }

  /** Keeps a place for words, unless something stands there, it is not wholly on the picture, or the same stands nearby. */
  #take(rects: readonly Rect[], dot: Dot, words: string): boolean {
    const { width, height } = this.frame;
    const isFree = rects.every(
      (one) =>
        one.left >= 0 && one.top >= 0 && one.right <= width && one.bottom <= height &&
        !this.#taken.some((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom),
    );
    if (!isFree || this.#written.some((other) => other.words === words && length(other, dot) < APART)) return false;
    this.#taken.push(...rects);
    this.#written.push({ ...dot, words });
    return true;
  }
}

function middleOf(ring: readonly Dot[]): Dot {
  const [xs, ys] = [ring.map(({ x }) => x), ring.map(({ y }) => y)];
  return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
}

/** Writes the names of some layers, those first that matter most, and none where something else will lie. */
export function drawLabels(
  ctx: OffscreenCanvasRenderingContext2D, layers: readonly [Layer, Seen[]][], frame: Frame, covered: readonly Rect[] = [],
): void {
  const names = new Names(ctx, frame, covered);
  for (const [layer, seen] of layers) names.write(layer, seen);
}
