/** The elements of the timeline. Colours come from the style sheet, words from the server; a state is a glyph, too. */
import type { Bar, Row } from "./board";

const glyphs: Record<string, string> = {
  booked: "M12 19a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM12 8.5V12l2.5 1.5",
  on_the_way: "M3 16V7h10v9M13 10h4l4 3.5V16h-2M3 16h2M9 16h6M5 16.5a2 2 0 1 0 4 0 2 2 0 1 0-4 0M15 16.5a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
  on_site: "M3.5 11 12 4l8.5 7M6 9.5V19a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V9.5",
  done: "M5 12.5 10 17.5 19.5 7",
  no_access: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  not_completed: "M6 6l12 12M18 6 6 18",
  needs_another: "M19.5 9A8 8 0 0 0 5 8M4.5 15A8 8 0 0 0 19 16M5 3.5V8h4.5M19 20.5V16h-4.5",
  risk: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4M12 16.8v.1",
  pin: "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11Z",
};

export function glyph(name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.dataset["name"] = name;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", glyphs[name] ?? glyphs["booked"]!);
  svg.append(path);
  return svg;
}

export function make(className: string, ...children: (Node | string)[]): HTMLDivElement {
  const div = document.createElement("div");
  div.className = className;
  div.append(...children);
  return div;
}

function text(className: string, words: string): HTMLSpanElement {
  return Object.assign(document.createElement("span"), { className, textContent: words });
}

/** Lays an element over a stretch of minutes; the scale is a property of the page, so that zooming touches no bar. */
export function lay(element: HTMLElement, from: number, to: number, starts: number): void {
  element.style.left = `calc(${(from - starts).toFixed(2)}px * var(--ppm))`;
  element.style.width = `calc(${Math.max(0, to - from).toFixed(2)}px * var(--ppm))`;
}

/** One visit: in a row it lies at its time, in the tray it is a card that names its window. */
export function makeBar(bar: Bar, starts: number): HTMLElement {
  const cell = make(bar.at ? "tl-bar" : "tl-bar tl-chip");
  cell.setAttribute("role", "gridcell");
  cell.tabIndex = -1;
  cell.dataset["id"] = String(bar.id);
  cell.dataset["tone"] = bar.tone;
  cell.dataset["state"] = bar.state;
  cell.toggleAttribute("data-risky", bar.risky);
  cell.toggleAttribute("data-pale", !bar.fits);
  cell.toggleAttribute("data-fixed", !bar.movable);
  cell.setAttribute("aria-label", bar.label);
  cell.setAttribute("aria-selected", "false");
  const head = make("tl-bar-head", glyph(bar.risky ? "risk" : bar.state), text("tl-bar-who", bar.who));
  if (bar.pinned) head.append(glyph("pin"));
  if (!bar.at) head.prepend(text("tl-bar-when", bar.promised), " ");
  cell.append(head, " ", text("tl-bar-where", `${bar.where} · ${bar.job}`));
  if (bar.watched.length) {
    const watch = make("tl-watch");
    watch.dataset["who"] = bar.watched.slice(0, 3).join(" ");
    cell.append(watch);
  }
  if (bar.at) lay(cell, bar.at[0], bar.at[1], starts);
  if (bar.at) cell.dataset["minutes"] = String(bar.at[1] - bar.at[0]);
  return cell;
}

/** A row's lane: shift, breaks and promises behind, drives between, visits before. */
export function fillLane(lane: HTMLElement, row: Row, starts: number): void {
  const parts: HTMLElement[] = [];
  const band = (className: string, from: number, to: number): HTMLElement => {
    const one = make(className);
    one.setAttribute("aria-hidden", "true");
    lay(one, from, to, starts);
    parts.push(one);
    return one;
  };
  for (const [from, to] of row.shifts) band("tl-shift", from, to);
  for (const [from, to] of row.breaks) band("tl-break", from, to);
  for (const bar of row.bars) if (bar.at) band("tl-window", bar.window[0], bar.window[1]).dataset["of"] = String(bar.id);
  for (const bar of row.bars) if (bar.at && bar.drive) band("tl-drive", bar.at[0] - bar.drive, bar.at[0]).title = bar.driveText;
  lane.replaceChildren(...parts, ...row.bars.filter((bar) => bar.at).map((bar) => makeBar(bar, starts)));
}

export function makeRow(row: Row): { row: HTMLElement; lane: HTMLElement } {
  const face = make("tl-face");
  if (row.photo) face.append(Object.assign(document.createElement("img"), { src: row.photo, alt: "", loading: "lazy" as const }));
  else face.append(row.initials);
  face.setAttribute("aria-hidden", "true");
  const head = make("tl-name", face, make("tl-name-words", text("tl-name-name", row.name), text("tl-name-note", row.note)));
  head.setAttribute("role", "rowheader");
  head.setAttribute("aria-label", row.label);
  head.tabIndex = -1;
  head.dataset["head"] = String(row.id);
  const lane = make("tl-lane");
  const whole = make("tl-row", head, lane);
  whole.setAttribute("role", "row");
  return { row: whole, lane };
}

/** The card that says more about one visit. */
export function fillCard(card: HTMLElement, title: string, lines: { text: string; tone: string }[], place = ""): void {
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = Object.assign(document.createElement("li"), { textContent: line.text });
    item.dataset["tone"] = line.tone;
    list.append(item);
  }
  card.replaceChildren(text("tl-card-title", title), ...(place ? [make("tl-card-place", place)] : []), list);
}
