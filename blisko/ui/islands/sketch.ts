/** The map without a map: route line and marks on a soft grid. First paint, no basemap, and no WebGL all look like this. */
import { boxOf, projection, type Fix, type LonLat } from "./motion";
import type { View } from "./blisko-map";
import type { Route } from "./scene";

const svgName = "http://www.w3.org/2000/svg";
const pad = 56;

/** A line of a drawing. */
export function polyline(name: string, route: readonly LonLat[], at: (lon: number, lat: number) => LonLat): SVGPolylineElement {
  const line = document.createElementNS(svgName, "polyline");
  line.setAttribute("class", name);
  line.setAttribute("points", route.map(([lon, lat]) => at(lon, lat).map((value) => value.toFixed(1)).join(",")).join(" "));
  return line;
}

export class Sketch implements View {
  #frame = Object.assign(document.createElement("div"), { className: "map-sketch" });
  #svg = document.createElementNS(svgName, "svg");
  #spots = new Map<HTMLElement, Fix>();
  #route: LonLat[] = [];
  #estimate = false;
  #routes: readonly Route[] = [];
  #routeChosen = "";
  #watch = new ResizeObserver(() => this.fit());

  constructor(host: HTMLElement) {
    this.#svg.setAttribute("aria-hidden", "true");
    this.#frame.append(this.#svg);
    host.append(this.#frame);
    this.#watch.observe(host);
  }

  draw(route: LonLat[], estimate: boolean): void {
    this.#route = route;
    this.#estimate = estimate;
    this.fit();
  }

  drawMany(routes: readonly Route[], chosen: string): void {
    this.#routes = routes;
    this.#routeChosen = chosen;
    this.fit();
  }

  place(spot: HTMLElement, fix: Fix): void {
    const isNew = !this.#spots.has(spot);
    this.#spots.set(spot, fix);
    if (isNew) this.#frame.append(spot);
    this.fit();
  }

  remove(spot: HTMLElement): void {
    this.#spots.delete(spot);
    spot.remove();
  }

  fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const box = boxOf([...this.#route, ...[...this.#spots.values()].map((fix): LonLat => [fix.lon, fix.lat])]);
    if (!box || !width || !height) return;
    const at = projection(box, width, height, pad);
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const quiet = this.#routes.map((one) => polyline(`map-line-quiet${one.id === this.#routeChosen ? " is-chosen" : ""}`, one.line, at));
    const own = this.#route.length ? ["map-line-edge", `map-line${this.#estimate ? " map-line-estimate" : ""}`] : [];
    this.#svg.replaceChildren(...quiet, ...own.map((name) => polyline(name, this.#route, at)));
    for (const [spot, fix] of this.#spots) {
      const [x, y] = at(fix.lon, fix.lat);
      spot.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    }
  }

  dress(): void {
    // Colours come from the style sheet.
  }

  destroy(): void {
    this.#watch.disconnect();
    for (const spot of this.#spots.keys()) spot.style.transform = "";
    this.#frame.remove();
  }
}
