/**
 * The map as a still picture: drawn in a thread of its own, so that the page stays light; marks and the way lie upon it.
 *
 * Who takes the map in hand gets `basemap.ts`; who only looks on never has to load it.
 */
import { cameraFor, CLOSEST, placing, ROOM, type Camera } from "./camera";
import type { View } from "./blisko-map";
import { along, boxOf, type Box, type Fix, type LonLat } from "./motion";
import { polyline } from "./sketch";
import type { Drawn, Spot, Wish } from "./drawer";

const SVG = "http://www.w3.org/2000/svg";
/** Milliseconds between two looks at whether the mark has left the picture. */
const LOOKS = 4000;
/** So much closer the picture must become to be drawn anew. */
const CLOSER = 0.6;
/** Pixels that are covered round a mark, and round the way. */
const MARK = 30;
const WAY = 7;
/** As many points of the way say where it lies. */
const POINTS = 120;

export class Still implements View {
  #frame = Object.assign(document.createElement("div"), { className: "map-still" });
  #canvas = document.createElement("canvas");
  #svg = document.createElementNS(SVG, "svg");
  #credit = Object.assign(document.createElement("p"), { className: "map-credit" });
  #drawer = new Worker(new URL("./drawer.ts", import.meta.url), { type: "module" });
  #spots = new Map<HTMLElement, Fix>();
  /** Where marks will be, before they are. */
  #expected: Fix[] = [];
  #route: LonLat[] = [];
  #estimate = false;
  #camera: Camera | null = null;
  #nr = 0;
  #looked = 0;
  #size = "";
  #watch = new ResizeObserver(() => {
    if (this.#camera && this.#size !== this.#measured()) this.fit();
  });

  private constructor(host: HTMLElement, private style: string, label: string) {
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", label);
    this.#svg.setAttribute("aria-hidden", "true");
    this.#frame.append(this.#canvas, this.#svg, this.#credit);
    host.append(this.#frame);
    this.#watch.observe(host);
  }

  /** Answers a map that is drawn; refuses where it cannot be drawn like this. */
  static async open(host: HTMLElement, style: string, label: string, box: Box, covered: { route: LonLat[]; fixes: Fix[] }): Promise<Still> {
    if (typeof OffscreenCanvas === "undefined") throw new Error("no drawing in a thread");
    const view = new Still(host, style, label);
    view.#route = covered.route;
    view.#expected = covered.fixes;
    try {
      await view.#draw(cameraFor(box, view.#frame.clientWidth, view.#frame.clientHeight));
    } catch (fault) {
      view.destroy();
      throw fault;
    }
    view.#drawer.addEventListener("message", ({ data }: MessageEvent<Drawn>) => view.#show(data));
    view.#frame.classList.add("is-ready");
    return view;
  }

  #measured(): string {
    return `${this.#frame.clientWidth}×${this.#frame.clientHeight}`;
  }

  #wish(camera: Camera): void {
    this.#size = this.#measured();
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const ratio = Math.min(2, devicePixelRatio);
    this.#drawer.postMessage({ nr: ++this.#nr, style: this.style, camera, width, height, ratio, covered: this.#covered() } satisfies Wish);
  }

  #covered(): Spot[] {
    const marks = (this.#spots.size ? [...this.#spots.values()] : this.#expected).map(({ lon, lat }) => ({ lon, lat, round: MARK }));
    return [...marks, ...along(this.#route, POINTS).map(([lon, lat]) => ({ lon, lat, round: WAY }))];
  }

  #draw(camera: Camera): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#drawer.addEventListener("error", () => reject(new Error("the drawing thread did not start")), { once: true });
      this.#drawer.addEventListener(
        "message",
        ({ data }: MessageEvent<Drawn>) => {
          if (data.fault) reject(new Error(data.fault));
          else resolve(this.#show(data));
        },
        { once: true },
      );
      this.#wish(camera);
    });
  }

  /** Puts a new picture under the marks, which take their new places at the same time. */
  #show({ nr, camera, picture, credit }: Drawn): void {
    if (!picture) return;
    if (nr !== this.#nr) return picture.close();
    Object.assign(this.#canvas, { width: picture.width, height: picture.height });
    this.#canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(picture);
    this.#credit.textContent = credit ?? "";
    this.#camera = camera;
    this.#place();
  }

  #place(): void {
    if (!this.#camera) return;
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const at = placing(this.#camera, width, height);
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const names = this.#route.length ? ["map-line-edge", `map-line${this.#estimate ? " map-line-estimate" : ""}`] : [];
    this.#svg.replaceChildren(...names.map((name) => polyline(name, this.#route, at)));
    for (const [spot, fix] of this.#spots) this.#move(spot, fix, at);
  }

  #move(spot: HTMLElement, fix: Fix, at: (lon: number, lat: number) => LonLat): LonLat {
    const [x, y] = at(fix.lon, fix.lat);
    spot.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    return [x, y];
  }

  draw(route: LonLat[], estimate: boolean): void {
    this.#route = route;
    this.#estimate = estimate;
    this.#place();
  }

  drawMany(): void {
    // A customer's map has one way.
  }

  place(spot: HTMLElement, fix: Fix): void {
    const isNew = !this.#spots.has(spot);
    this.#spots.set(spot, fix);
    if (isNew) this.#frame.append(spot);
    if (!this.#camera) return;
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const [x, y] = this.#move(spot, fix, placing(this.#camera, width, height));
    if (!isNew) this.#follow(x < ROOM.left / 2 || y < ROOM.top / 2 || x > width - ROOM.right / 2 || y > height - ROOM.bottom / 2);
  }

  /** Looks elsewhere when a moving mark leaves the picture, and closer as what is left of the way grows short. */
  #follow(isLost: boolean): void {
    const now = performance.now();
    if (!this.#camera || now - this.#looked < LOOKS) return;
    this.#looked = now;
    const wanted = this.#wanted();
    if (wanted && (isLost || wanted.zoom > this.#camera.zoom + CLOSER)) this.#wish(wanted);
  }

  #wanted(): Camera | null {
    const box = boxOf([...this.#route, ...[...this.#spots.values()].map((fix): LonLat => [fix.lon, fix.lat])]);
    const { clientWidth: width, clientHeight: height } = this.#frame;
    return box && width && height ? cameraFor(box, width, height, ROOM, CLOSEST) : null;
  }

  remove(spot: HTMLElement): void {
    this.#spots.delete(spot);
    spot.remove();
  }

  fit(): void {
    const wanted = this.#wanted();
    const isSame = wanted && this.#camera && this.#size === this.#measured() && JSON.stringify(wanted) === JSON.stringify(this.#camera);
    if (wanted && !isSame) this.#wish(wanted);
  }

  dress(style: string): void {
    this.style = style;
    if (this.#camera) this.#wish(this.#camera);
  }

  destroy(): void {
    this.#watch.disconnect();
    this.#drawer.terminate();
    for (const spot of this.#spots.keys()) spot.style.transform = "";
    this.#frame.remove();
  }
}
