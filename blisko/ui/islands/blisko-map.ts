/**
 * `<blisko-map style-light style-dark points route route-kind label …>`: the technician, the home and the way.
 *
 * - `style-light`, `style-dark`: addresses of MapLibre styles; empty means no basemap, and the drawing stays.
 * - `points`: JSON list of `{id, kind: technician|home|visit, lat, lon, label, heading?, topic?, photo?, text?, tone?, href?, press?, still?}`.
 * - `routes`: JSON `[{id, line: [[lon, lat], …]}]`, many quiet lines; `route-chosen` names the one that stands out.
 * - `chosen`: ids of the chosen points, apart by spaces. Where it stands, a lasso chooses: with Shift held, or with `lassoing`.
 * - `route`: JSON `[[lon, lat], …]`; `route-kind="estimate"` draws it dotted.
 * - `label`, `zoom-in`, `zoom-out`, `two-fingers`, `hold-ctrl`: MapLibre's words in the page's language. With `two-fingers`
 *   one finger scrolls the page; without `zoom-in` there are no zoom buttons.
 *
 * Hears `blisko:fix` anywhere in the page (and `move(fix)`), gives `blisko:map {view: basemap|still|sketch}` and
 * `blisko:point {id, add}` when a mark is pressed (arrow keys lead from mark to mark), `blisko:lasso {ids, add}` when a lasso was drawn round some.
 */
import type { FixEvent } from "./live-stream";
import { isInside, Lasso, spotTowards, type Spot } from "./lasso";
import { ahead, between, boxOf, metres, stretch, type Box, type Fix, type LonLat } from "./motion";
import { dressSpot, makeSpot, pointForTopic, readPoints, readRoute, readRoutes, turnSpot, type Point, type Route } from "./scene";
import { Sketch } from "./sketch";

export interface View {
  draw(route: LonLat[], estimate: boolean): void;
  drawMany(routes: readonly Route[], chosen: string): void;
  place(spot: HTMLElement, fix: Fix): void;
  remove(spot: HTMLElement): void;
  fit(smoothly?: boolean): void;
  dress(style: string): void;
  destroy(): void;
}

interface Shown {
  point: Point;
  spot: HTMLElement;
  now: Fix;
  from: Fix;
  to: Fix;
  started: number;
  lasts: number;
  seen: number;
  at: number;
}

export interface Move {
  id?: string;
  topic?: string;
  lat: number;
  lon: number;
  heading?: number | null;
  at?: string;
}

/** Farther than this in one stretch is a gap in what we know, and is jumped. */
const gap = 3000;
/** Milliseconds between drawings of a way that grows shorter. */
const redraw = 120;

function hasWebGL(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export class BliskoMap extends HTMLElement {
  static observedAttributes = ["points", "route", "route-kind", "routes", "route-chosen", "chosen", "style-light", "style-dark"];

  #shown = new Map<string, Shown>();
  #view: View | null = null;
  #frame = 0;
  #opening = false;
  /** The map can be moved about, and somebody wants to. */
  #inHand = false;
  #route: LonLat[] = [];
  #routes: readonly Route[] = [];
  #drawn = 0;
  #style = "";
  #seen: IntersectionObserver | null = null;
  #lasso: Lasso | null = null;
  #theme = new MutationObserver(() => this.#dress());
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback(): void {
    this.#view = new Sketch(this);
    this.#readAll();
    document.addEventListener("blisko:fix", this.#onFix);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#dark.addEventListener("change", this.#dress);
    this.addEventListener("click", this.#onClick);
    this.addEventListener("keydown", this.#onKey, true);
    this.addEventListener("focusin", this.#onFocus);
    this.#lasso = new Lasso(this, this.#onLasso);
    for (const name of ["pointerdown", "wheel", "keydown"]) this.addEventListener(name, this.#onHand, { passive: true });
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#soon();
    });
    this.#seen.observe(this);
  }

  disconnectedCallback(): void {
    document.removeEventListener("blisko:fix", this.#onFix);
    this.#theme.disconnect();
    this.#dark.removeEventListener("change", this.#dress);
    this.removeEventListener("click", this.#onClick);
    this.removeEventListener("keydown", this.#onKey, true);
    this.removeEventListener("focusin", this.#onFocus);
    this.#seen?.disconnect();
    for (const name of ["pointerdown", "wheel", "keydown"]) this.removeEventListener(name, this.#onHand);
    this.#lasso?.destroy();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#view?.destroy();
    this.#view = null;
    this.#style = "";
    this.#shown.clear();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#view || before === after) return;
    if (name === "points") this.#readPoints();
    else if (name === "chosen") this.#mark();
    else if (name === "routes") this.#readRoutes();
    else if (name === "route-chosen") this.#drawMany();
    else if (name.startsWith("route")) this.#readRoute();
    else this.#dress();
  }

  /** Takes the mark of a technician to a new fix, smoothly and never beyond it; an older fix than the last is dropped. */
  move(to: Move): void {
    const shown = to.id !== undefined ? this.#shown.get(to.id) : this.#shownOf(to.topic ?? "");
    if (!shown) return;
    const at = Date.parse(to.at ?? "") || 0;
    if (at && at <= shown.at) return;
    const fix: Fix = { lat: to.lat, lon: to.lon, heading: to.heading ?? null };
    const now = performance.now();
    shown.lasts = stretch(now - shown.seen);
    shown.seen = now;
    shown.at = at;
    shown.from = shown.now;
    shown.to = fix;
    shown.started = now;
    shown.point = { ...shown.point, lat: fix.lat, lon: fix.lon, still: false };
    dressSpot(shown.spot, shown.point);
    if (this.#calm.matches || metres(shown.from, fix) > gap) shown.lasts = 0;
    this.#frame ||= requestAnimationFrame(this.#step);
  }

  /** Shows everything there is to see. */
  fit(): void {
    this.#view?.fit(true);
  }

  #shownOf(topic: string): Shown | undefined {
    const point = pointForTopic([...this.#shown.values()].map((one) => one.point), topic);
    return point && this.#shown.get(point.id);
  }

  #onFix = (event: Event): void => this.move((event as CustomEvent<FixEvent>).detail);

  #onClick = (event: Event): void => {
    const spot = (event.target as Element).closest(".map-spot");
    const shown = [...this.#shown.values()].find((one) => one.spot === spot);
    const { ctrlKey, metaKey } = event as MouseEvent;
    const detail = { id: shown?.point.id, add: ctrlKey || metaKey || this.hasAttribute("lassoing") };
    if (shown) this.dispatchEvent(new CustomEvent("blisko:point", { detail, bubbles: true, cancelable: true }));
  };

  get #marks(): HTMLElement[] {
    return [...this.#shown.values()].flatMap(({ point, spot }) => (point.press ? [spot.firstElementChild as HTMLElement] : []));
  }

  /** From mark to mark; the map beneath would move by the same keys. */
  #onKey = (event: KeyboardEvent): void => {
    const mark = (event.target as Element).closest<HTMLElement>(".mark[data-press]");
    if (!mark || event.altKey || event.ctrlKey || event.metaKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
    const marks = this.#marks;
    const spots = marks.map((one): Spot => {
      const box = one.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    });
    marks[spotTowards(spots, marks.indexOf(mark), event.key)]?.focus({ preventScroll: true });
  };

  #onFocus = (event: Event): void => {
    if ((event.target as Element).matches(".mark[data-press]")) this.#lead(event.target as HTMLElement);
  };

  /** One mark of all is reached by Tab: the one where the focus was last, else the first. */
  #lead(to?: HTMLElement): void {
    const marks = this.#marks;
    const led = to ?? marks.find((one) => one.tabIndex === 0) ?? marks[0];
    for (const one of marks) if ((one.tabIndex === 0) !== (one === led)) one.tabIndex = one === led ? 0 : -1;
  }

  #onLasso = (line: readonly Spot[], add: boolean): void => {
    const within = [...this.#shown.values()].filter(({ spot }) => {
      const box = spot.getBoundingClientRect();
      return isInside([box.left + box.width / 2, box.top + box.height / 2], line);
    });
    this.dispatchEvent(new CustomEvent("blisko:lasso", { detail: { ids: within.map((one) => one.point.id), add }, bubbles: true }));
  };

  /** Shows which points are chosen; only a map that lets choose has the attribute. */
  #mark(): void {
    const said = this.getAttribute("chosen");
    if (said === null) return;
    const chosen = new Set(said.split(" "));
    for (const { point, spot } of this.#shown.values()) {
      spot.classList.toggle("is-chosen", chosen.has(point.id));
      if (point.press) spot.firstElementChild?.setAttribute("aria-pressed", String(chosen.has(point.id)));
    }
    this.#lead();
  }

  #readRoutes(): void {
    this.#routes = readRoutes(this.getAttribute("routes"));
    this.#drawMany();
  }

  #drawMany(): void {
    if (this.hasAttribute("routes")) this.#view?.drawMany(this.#routes, this.getAttribute("route-chosen") ?? "");
  }

  #step = (time: number): void => {
    this.#frame = 0;
    for (const shown of this.#shown.values()) {
      if (shown.now === shown.to) continue;
      const t = shown.lasts > 0 ? (time - shown.started) / shown.lasts : 1;
      shown.now = t >= 1 ? shown.to : between(shown.from, shown.to, t);
      turnSpot(shown.spot, shown.now);
      this.#view?.place(shown.spot, shown.now);
      if (shown.now !== shown.to) this.#frame ||= requestAnimationFrame(this.#step);
    }
    if (this.#route.length && (!this.#frame || time - this.#drawn > redraw)) this.#drawWay();
  };

  #readAll(): void {
    this.#readPoints();
    this.#readRoute();
    this.#readRoutes();
    this.#view?.fit();
  }

  #readRoute(): void {
    this.#route = readRoute(this.getAttribute("route"));
    this.#drawWay();
  }

  /** Draws what is left of the way: it grows shorter as the one technician on the map goes along it. */
  #drawWay(): void {
    const drivers = [...this.#shown.values()].filter((one) => one.point.kind === "technician");
    const left = this.#route.length && drivers.length === 1 ? ahead(this.#route, drivers[0]!.now) : this.#route;
    this.#drawn = performance.now();
    this.#view?.draw(left, this.getAttribute("route-kind") === "estimate");
  }

  #readPoints(): void {
    const points = readPoints(this.getAttribute("points"));
    const kept = new Set(points.map((point) => point.id));
    for (const [id, shown] of this.#shown) {
      if (kept.has(id)) continue;
      this.#view?.remove(shown.spot);
      this.#shown.delete(id);
    }
    for (const point of points) {
      const shown = this.#shown.get(point.id);
      if (shown) this.#change(shown, point);
      else this.#add(point);
    }
    this.#mark();
  }

  #add(point: Point): void {
    const now: Fix = { lat: point.lat, lon: point.lon, heading: point.heading };
    const spot = makeSpot(point);
    const time = performance.now();
    this.#shown.set(point.id, { point, spot, now, from: now, to: now, started: time, lasts: 0, seen: time, at: 0 });
    turnSpot(spot, now);
    this.#view?.place(spot, now);
  }

  /** A fragment that comes again carries the same or a later place; the stream may already know better. */
  #change(shown: Shown, point: Point): void {
    const isMoved = point.lat !== shown.point.lat || point.lon !== shown.point.lon;
    const place = { lat: shown.point.lat, lon: shown.point.lon };
    shown.point = { ...point, ...place };
    dressSpot(shown.spot, shown.point);
    if (isMoved && shown.at === 0) this.move({ id: point.id, lat: point.lat, lon: point.lon, heading: point.heading });
  }

  #styleNow(): string {
    const chosen = document.documentElement.dataset["theme"];
    const isDark = chosen ? chosen === "dark" : this.#dark.matches;
    return this.getAttribute(isDark ? "style-dark" : "style-light") ?? "";
  }

  #dress = (): void => {
    const style = this.#styleNow();
    if (style === this.#style) return;
    if (!this.#style) this.#soon();
    else if (style) this.#view?.dress(style);
    if (this.#style) this.#style = style;
  };

  /** The map comes when the page has been painted and the browser has nothing better to do. */
  #soon(): void {
    if (this.#opening || this.#style || !this.#styleNow()) return;
    this.#opening = true;
    const open = () => void this.#open();
    requestAnimationFrame(() => ("requestIdleCallback" in window ? requestIdleCallback(open, { timeout: 1500 }) : setTimeout(open, 100)));
  }

  async #open(): Promise<void> {
    let name = this.getAttribute("view") ?? "sketch";
    try {
      name = await this.#openBest();
    } catch (fault) {
      console.info(`The map stays a ${name}:`, fault instanceof Error ? fault.message : fault);
    }
    this.#opening = false;
    this.dispatchEvent(new CustomEvent("blisko:map", { detail: { view: name }, bubbles: true }));
    this.setAttribute("view", name);
    if (name === "still" && this.#inHand) this.#take();
  }

  /** Opens a picture for who looks on, and the map that can be moved about for who takes it in hand, or where no picture can be drawn. */
  async #openBest(): Promise<string> {
    if (this.hasAttribute("two-fingers") && !this.#inHand) {
      try {
        const { Still } = await import("./still");
        await this.#openAs((style, box, covered) => Still.open(this, style, this.#words().label, box, covered));
        return "still";
      } catch (fault) {
        console.info("The map is no picture:", fault instanceof Error ? fault.message : fault);
      }
    }
    if (!hasWebGL()) throw new Error("no WebGL");
    const { Basemap } = await import("./basemap");
    await this.#openAs((style, box) => Basemap.open(this, style, this.#words(), box));
    return "basemap";
  }

  async #openAs(open: (style: string, box: Box, shown: { route: LonLat[]; fixes: Fix[] }) => Promise<View>): Promise<void> {
    const style = this.#styleNow();
    const route = readRoute(this.getAttribute("route"));
    const fixes = [...this.#shown.values()].map((one) => one.now);
    const box = boxOf([...route, ...fixes.map((fix): LonLat => [fix.lon, fix.lat])]);
    if (!box) throw new Error("nothing to show");
    const view = await open(style, box, { route, fixes });
    if (!this.#view) return view.destroy();
    this.#view.destroy();
    this.#view = view;
    this.#style = style;
    for (const shown of this.#shown.values()) view.place(shown.spot, shown.now);
    this.#readRoute();
    this.#drawMany();
    view.fit();
  }

  #onHand = (event: Event): void => {
    if (event instanceof KeyboardEvent && !/^([-+=]|Arrow.*)$/.test(event.key)) return;
    if (event instanceof WheelEvent && !event.ctrlKey) return;
    this.#take();
  };

  /** Somebody wants to move the map about: a picture gives way to the map. */
  #take(): void {
    this.#inHand = true;
    if (this.#opening || this.getAttribute("view") !== "still") return;
    this.#opening = true;
    void this.#open();
  }

  #words() {
    const word = (name: string) => this.getAttribute(name) ?? "";
    return { label: word("label"), zoomIn: word("zoom-in"), zoomOut: word("zoom-out"), twoFingers: word("two-fingers"), holdCtrl: word("hold-ctrl") };
  }
}

if (!customElements.get("blisko-map")) customElements.define("blisko-map", BliskoMap);
