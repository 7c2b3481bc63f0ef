/** What a map shows, read from attributes a server wrote; and the marks people see. */
import type { Fix, LonLat } from "./motion";

export type Kind = "technician" | "home" | "visit";

export interface Point {
  id: string;
  kind: Kind;
  lat: number;
  lon: number;
  label: string;
  heading: number | null;
  /** Topic whose fixes move this point. */
  topic: string;
  photo: string;
  /** Initials or a number on the mark. */
  text: string;
  tone: string;
  href: string;
  /** Last seen too long ago: no halo. */
  still: boolean;
  /** The mark is there to be pressed. */
  press: boolean;
}

/** One of many lines on a map, e.g. a technician's day. */
export interface Route {
  id: string;
  line: LonLat[];
}

const kinds: readonly string[] = ["technician", "home", "visit"];
const isPlace = (lat: unknown, lon: unknown): boolean =>
  typeof lat === "number" && typeof lon === "number" && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

function readList(text: string | null): unknown[] {
  try {
    const raw: unknown = JSON.parse(text || "[]");
    return Array.isArray(raw) ? raw : [];
  } catch {
    return [];
  }
}

/** Points of the `points` attribute; what is no point is left out, and a missing id is its place in the list. */
export function readPoints(text: string | null): Point[] {
  return readList(text).flatMap((raw, index) => {
    const one = (raw ?? {}) as Record<string, unknown>;
    if (!isPlace(one["lat"], one["lon"]) || !kinds.includes(String(one["kind"]))) return [];
    return [
      {
        id: String(one["id"] ?? index),
        kind: one["kind"] as Kind,
        lat: one["lat"] as number,
        lon: one["lon"] as number,
        label: String(one["label"] ?? ""),
        heading: typeof one["heading"] === "number" ? one["heading"] : null,
        topic: String(one["topic"] ?? ""),
        photo: String(one["photo"] ?? ""),
        text: String(one["text"] ?? ""),
        tone: String(one["tone"] ?? ""),
        href: String(one["href"] ?? ""),
        still: one["still"] === true,
        press: one["press"] === true,
      },
    ];
  });
}

/** The line of the `route` attribute: `[[lon, lat], …]`; fewer than two positions are no line. */
export function readRoute(text: string | null): LonLat[] {
  const line = readList(text).flatMap((raw) => (Array.isArray(raw) && isPlace(raw[1], raw[0]) ? [[raw[0], raw[1]] as LonLat] : []));
  return line.length > 1 ? line : [];
}

/** Lines of the `routes` attribute: `[{id, line: [[lon, lat], …]}, …]`. */
export function readRoutes(text: string | null): Route[] {
  return readList(text).flatMap((raw) => {
    const one = (raw ?? {}) as Record<string, unknown>;
    const line = readRoute(JSON.stringify(one["line"] ?? []));
    return line.length ? [{ id: String(one["id"] ?? ""), line }] : [];
  });
}

/** Which point a fix moves: the one of its topic, else the only technician that has no topic of its own. */
export function pointForTopic(points: readonly Point[], topic: string): Point | undefined {
  const named = points.find((point) => point.topic !== "" && point.topic === topic);
  if (named) return named;
  const free = points.filter((point) => point.kind === "technician" && point.topic === "");
  return free.length === 1 ? free[0] : undefined;
}

const shapes: Record<Kind, string> = {
  home: "M3.5 11 12 4l8.5 7M6 9.5V19a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V9.5M10 20v-5h4v5",
  technician: "M3 16V7h10v9M13 10h4l4 3.5V16h-2M3 16h2M9 16h6M5 16.5a2 2 0 1 0 4 0 2 2 0 1 0-4 0M15 16.5a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
  visit: "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11ZM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
};

function icon(kind: Kind): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[kind]);
  svg.append(path);
  return svg;
}

/** The element of a point: a spot the view moves about, with the mark in it (a link where there is somewhere to go). */
export function makeSpot(point: Point): HTMLElement {
  const spot = document.createElement("div");
  spot.className = "map-spot";
  const mark = document.createElement(point.href ? "a" : point.press ? "button" : "div");
  if (mark instanceof HTMLButtonElement) mark.type = "button";
  if (point.press) mark.tabIndex = -1;
  mark.append(Object.assign(document.createElement("span"), { className: "mark-face" }));
  spot.append(mark);
  dressSpot(spot, point);
  return spot;
}

/** Brings the looks of a spot up to date with its point. */
export function dressSpot(spot: HTMLElement, point: Point): void {
  const mark = spot.firstElementChild as HTMLElement;
  mark.className = `mark mark-${point.kind}`;
  mark.dataset["tone"] = point.tone;
  mark.toggleAttribute("data-still", point.still);
  mark.toggleAttribute("data-press", point.press);
  mark.setAttribute("aria-label", point.label);
  mark.title = point.label;
  if (point.href) mark.setAttribute("href", point.href);
  else if (!point.press) mark.setAttribute("role", "img");
  const face = mark.querySelector(".mark-face") as HTMLElement;
  const content = `${point.photo}|${point.text}`;
  if (face.dataset["content"] === content) return;
  face.dataset["content"] = content;
  if (point.photo) face.replaceChildren(Object.assign(document.createElement("img"), { src: point.photo, alt: "" }));
  else if (point.text) face.replaceChildren(point.text);
  else face.replaceChildren(icon(point.kind));
}

/** Turns the little arrow of a spot, or takes it away. */
export function turnSpot(spot: HTMLElement, fix: Fix): void {
  const face = spot.querySelector(".mark-face");
  let arrow = spot.querySelector<HTMLElement>(".mark-heading");
  if (fix.heading === null) {
    arrow?.remove();
    return;
  }
  if (!arrow) {
    arrow = Object.assign(document.createElement("span"), { className: "mark-heading" });
    face?.append(arrow);
  }
  arrow.style.transform = `rotate(${fix.heading.toFixed(0)}deg)`;
}
