/** A lasso over a map, and what stands for it on the keyboard: drawn with Shift held (or while the map has `lassoing`), it gives the marks inside it. */
export type Spot = [number, number];

/** Whether a point lies inside a closed line. */
export function isInside(point: Spot, line: readonly Spot[]): boolean {
  let isIn = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
    const [xi, yi] = line[i]!;
    const [xj, yj] = line[j]!;
    if (yi > point[1] !== yj > point[1] && point[0] < ((xj - xi) * (point[1] - yi)) / (yj - yi) + xi) isIn = !isIn;
  }
  return isIn;
}

const ways: Record<string, Spot> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** Which of the spots an arrow key leads to from one of them: near and rather straight ahead; the same where it leads nowhere. */
export function spotTowards(spots: readonly Spot[], from: number, key: string): number {
  const way = ways[key];
  const here = spots[from];
  if (!way || !here) return from;
  let best = from;
  let least = Infinity;
  spots.forEach(([x, y], index) => {
    const [right, down] = [x - here[0], y - here[1]];
    const ahead = right * way[0] + down * way[1];
    const aside = Math.abs(right * way[1] + down * way[0]);
    if (index === from || ahead <= 0 || aside > 3 * ahead) return;
    const far = ahead + 2 * aside;
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

const svgName = "http://www.w3.org/2000/svg";
const slack = 6;

export class Lasso {
  #line: Spot[] = [];
  #add = false;
  #svg = document.createElementNS(svgName, "svg");
  #path = document.createElementNS(svgName, "polygon");

  constructor(private host: HTMLElement, private found: (line: readonly Spot[], add: boolean) => void) {
    this.#svg.setAttribute("class", "map-lasso");
    this.#svg.setAttribute("aria-hidden", "true");
    this.#svg.append(this.#path);
    host.addEventListener("pointerdown", this.#onDown, true);
    // The map beneath listens to the mouse, too, and would move or zoom.
    host.addEventListener("mousedown", this.#hush, true);
    host.addEventListener("touchstart", this.#hush, true);
  }

  destroy(): void {
    this.host.removeEventListener("pointerdown", this.#onDown, true);
    this.host.removeEventListener("mousedown", this.#hush, true);
    this.host.removeEventListener("touchstart", this.#hush, true);
    this.#end();
  }

  #isMeant(event: Event): boolean {
    const isAsked = this.host.hasAttribute("lassoing") || (event as MouseEvent).shiftKey;
    return isAsked && this.host.hasAttribute("chosen") && (event.target as Element).closest(".maplibregl-ctrl") === null;
  }

  #hush = (event: Event): void => {
    if (this.#isMeant(event)) event.stopPropagation();
  };

  #onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !this.#isMeant(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#add = event.ctrlKey || event.metaKey;
    this.#line = [[event.clientX, event.clientY]];
    addEventListener("pointermove", this.#onMove);
    addEventListener("pointerup", this.#onUp);
    addEventListener("pointercancel", this.#onCancel);
  };

  #onMove = (event: PointerEvent): void => {
    this.#line.push([event.clientX, event.clientY]);
    const box = this.host.getBoundingClientRect();
    if (!this.#svg.isConnected) this.host.append(this.#svg);
    this.#path.setAttribute("points", this.#line.map(([x, y]) => `${(x - box.left).toFixed(0)},${(y - box.top).toFixed(0)}`).join(" "));
  };

  #onUp = (): void => {
    const line = this.#line;
    this.#end();
    const isDrawn = line.some(([x, y]) => Math.hypot(x - line[0]![0], y - line[0]![1]) > slack);
    if (isDrawn) this.found(line, this.#add);
  };

  #onCancel = (): void => this.#end();

  #end(): void {
    removeEventListener("pointermove", this.#onMove);
    removeEventListener("pointerup", this.#onUp);
    removeEventListener("pointercancel", this.#onCancel);
    this.#svg.remove();
    this.#line = [];
  }
}
