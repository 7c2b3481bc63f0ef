/** The map with a basemap: MapLibre, which comes in a chunk of its own after first paint. */
import { Map as Chart, Marker, NavigationControl, setWorkerUrl, type GeoJSONSource, type LineLayerSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { boxOf, type Box, type Fix, type LonLat } from "./motion";
import type { View } from "./blisko-map";
import { CLOSEST, ROOM } from "./camera";
import type { Route } from "./scene";

setWorkerUrl(workerUrl);

export interface Words {
  label: string;
  zoomIn: string;
  zoomOut: string;
  twoFingers: string;
  holdCtrl: string;
}

const patience = 8000;

/** Words of the page in the places where MapLibre has its own. */
export function localeOf(words: Words): Record<string, string> {
  return {
    "Map.Title": words.label,
    "NavigationControl.ZoomIn": words.zoomIn,
    "NavigationControl.ZoomOut": words.zoomOut,
    "CooperativeGesturesHandler.WindowsHelpText": words.holdCtrl,
    "CooperativeGesturesHandler.MacHelpText": words.holdCtrl,
    "CooperativeGesturesHandler.MobileHelpText": words.twoFingers,
  };
}

export class Basemap implements View {
  #chart: Chart;
  #markers = new Map<HTMLElement, Marker>();
  #route: LonLat[] = [];
  #estimate = false;
  #routes: readonly Route[] = [];
  #routeChosen = "";
  /** Lines can be drawn. What MapLibre calls loaded ends with each line that is added. */
  #styled = false;
  #touched = false;
  #calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #looked = 0;

  private constructor(private frame: HTMLElement, style: string, words: Words, box: Box) {
    this.#chart = new Chart({
      container: frame,
      style,
      bounds: [box.west, box.south, box.east, box.north],
      fitBoundsOptions: { padding: ROOM, maxZoom: CLOSEST },
      maxZoom: 18,
      attributionControl: { compact: false },
      cooperativeGestures: words.twoFingers !== "",
      locale: localeOf(words),
      fadeDuration: this.#calm ? 0 : 200,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
    });
    this.#chart.touchZoomRotate.disableRotation();
    this.#chart.keyboard.disableRotation();
    if (words.zoomIn) this.#chart.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#chart.on("style.load", () => {
      this.#styled = true;
      this.#drawRoutes();
      this.#drawRoute();
    });
    for (const name of ["dragstart", "zoomstart"] as const) {
      this.#chart.on(name, (event) => {
        if ("originalEvent" in event && event.originalEvent) this.#touched = true;
      });
    }
  }

  /** Answers a map that has something to show; refuses where it cannot, so that the sketch stays. */
  static async open(host: HTMLElement, style: string, words: Words, box: Box): Promise<Basemap> {
    const frame = Object.assign(document.createElement("div"), { className: "map-canvas" });
    host.append(frame);
    // Glyphs are drawn from the page's font, which must be here before they are.
    await Promise.all(["400 24px Blisko", "700 24px Blisko"].map((font) => document.fonts.load(font, "aąő"))).catch(() => undefined);
    let view: Basemap | undefined;
    try {
      view = new Basemap(frame, style, words, box);
      const chart = view.#chart;
      await new Promise<void>((resolve, reject) => {
        chart.once("load", () => resolve());
        // A slow tile must not keep the map back for ever, nor a lost one.
        chart.once("style.load", () => setTimeout(resolve, patience));
        chart.once("error", (event) => (chart.getStyle() ? resolve() : reject(event.error)));
      });
    } catch (fault) {
      if (view) view.#chart.remove();
      frame.remove();
      throw fault;
    }
    frame.classList.add("is-ready");
    return view;
  }

  draw(route: LonLat[], estimate: boolean): void {
    const isSame = estimate === this.#estimate;
    this.#route = route;
    this.#estimate = estimate;
    const source = isSame && this.#chart.getLayer("route-line") ? this.#chart.getSource<GeoJSONSource>("route") : undefined;
    if (source) source.setData(this.#line());
    else if (this.#styled) this.#drawRoute();
  }

  #line(): GeoJSON.Feature {
    return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: this.#route } };
  }

  #drawRoute(): void {
    const data = this.#line();
    const source = this.#chart.getSource<GeoJSONSource>("route");
    if (source) source.setData(data);
    else this.#chart.addSource("route", { type: "geojson", data });
    for (const name of ["route-line", "route-edge"]) if (this.#chart.getLayer(name)) this.#chart.removeLayer(name);
    const colours = getComputedStyle(this.frame);
    const below = this.#chart.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
    const layout = { "line-cap": "round", "line-join": "round" } as const;
    const edge = { "line-color": colours.getPropertyValue("--route-edge").trim(), "line-width": 9, "line-opacity": this.#estimate ? 0.75 : 1 };
    const line = { "line-color": colours.getPropertyValue("--route").trim(), "line-width": this.#estimate ? 4.5 : 5 };
    this.#chart.addLayer({ id: "route-edge", type: "line", source: "route", layout, paint: edge }, below);
    const dots = this.#estimate ? { ...line, "line-dasharray": [0.1, 2.1] } : line;
    this.#chart.addLayer({ id: "route-line", type: "line", source: "route", layout, paint: dots }, below);
  }

  drawMany(routes: readonly Route[], chosen: string): void {
    const isSame = routes === this.#routes && this.#chart.getLayer("routes-chosen");
    this.#routes = routes;
    this.#routeChosen = chosen;
    if (isSame) this.#chooseRoute();
    else if (this.#styled) this.#drawRoutes();
  }

  /** Lets one route stand out by painting the map once more: a visit taken in the hand chooses its technician's. */
  #chooseRoute(): void {
    this.#chart.removeFeatureState({ source: "routes" });
    if (this.#routeChosen !== "") this.#chart.setFeatureState({ source: "routes", id: this.#routeChosen }, { chosen: true });
  }

  #drawRoutes(): void {
    if (!this.#routes.length && !this.#chart.getSource("routes")) return;
    const features = this.#routes.map((one): GeoJSON.Feature => ({ type: "Feature", properties: { id: one.id }, geometry: { type: "LineString", coordinates: one.line } }));
    const data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features };
    const source = this.#chart.getSource<GeoJSONSource>("routes");
    if (source) source.setData(data);
    else this.#chart.addSource("routes", { type: "geojson", data, promoteId: "id" });
    for (const name of ["routes-chosen", "routes-all"]) if (this.#chart.getLayer(name)) this.#chart.removeLayer(name);
    const colours = getComputedStyle(this.frame);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const below = this.#chart.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
    const layout = { "line-cap": "round", "line-join": "round" } as const;
    const quiet = { "line-color": colour("--line-strong"), "line-width": 1.5, "line-opacity": 0.45, "line-dasharray": [1, 2] };
    this.#chart.addLayer({ id: "routes-all", type: "line", source: "routes", layout, paint: quiet }, below);
    const loud: LineLayerSpecification["paint"] = {
      "line-color": colour("--route"),
      "line-width": 4,
      "line-opacity": ["case", ["boolean", ["feature-state", "chosen"], false], 1, 0],
    };
    this.#chart.addLayer({ id: "routes-chosen", type: "line", source: "routes", layout, paint: loud }, below);
    this.#chooseRoute();
    this.frame.dataset["routes"] = String(features.length);
  }

  place(spot: HTMLElement, fix: Fix): void {
    const marker = this.#markers.get(spot);
    if (marker) {
      marker.setLngLat([fix.lon, fix.lat]);
      this.#follow(fix);
      return;
    }
    this.#markers.set(spot, new Marker({ element: spot, anchor: "center" }).setLngLat([fix.lon, fix.lat]).addTo(this.#chart));
  }

  remove(spot: HTMLElement): void {
    this.#markers.get(spot)?.remove();
    this.#markers.delete(spot);
  }

  /** Keeps a moving mark in sight, and comes closer as it does, until the person takes the map in hand. */
  #follow(fix: Fix): void {
    const now = performance.now();
    if (this.#touched || now - this.#looked < 4000) return;
    this.#looked = now;
    const { x, y } = this.#chart.project([fix.lon, fix.lat]);
    const { clientWidth: width, clientHeight: height } = this.frame;
    const lost = x < ROOM.left / 2 || y < ROOM.top / 2 || x > width - ROOM.right / 2 || y > height - ROOM.bottom / 2;
    if (lost || this.#zoomWanted() > this.#chart.getZoom() + 0.6) this.fit(true);
  }

  #bounds(): [number, number, number, number] | null {
    const spots = [...this.#markers.values()].map((marker): LonLat => marker.getLngLat().toArray());
    const box = boxOf([...this.#route, ...spots]);
    return box ? [box.west, box.south, box.east, box.north] : null;
  }

  #zoomWanted(): number {
    const bounds = this.#bounds();
    const camera = bounds && this.#chart.cameraForBounds(bounds, { padding: ROOM, maxZoom: CLOSEST });
    return camera?.zoom ?? 0;
  }

  fit(smoothly = false): void {
    const bounds = this.#bounds();
    if (!bounds) return;
    this.#touched = false;
    this.#chart.fitBounds(bounds, { padding: ROOM, maxZoom: CLOSEST, duration: smoothly && !this.#calm ? 900 : 0 });
  }

  dress(style: string): void {
    this.#styled = false;
    this.#chart.setStyle(style, { diff: false });
  }

  destroy(): void {
    for (const marker of this.#markers.values()) marker.remove();
    this.#chart.remove();
    this.frame.remove();
  }
}
