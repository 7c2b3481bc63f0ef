/**
 * `<seen-ago at="ISO" now="ISO of the server at render" speed="1" lost-after="120" topic="technician:7">`
 *
 * Ticks the age of the last position in the words of its attributes: `just-now`, `seconds-one|few|many|other`,
 * `minutes-…` with `{n}`, and after `lost-after` seconds `lost` with `{time}`. Hears `blisko:fix` of its topic.
 * The text it was born with is what a browser without scripts shows.
 */
import type { FixEvent } from "./live-stream";

export type Age = { kind: "now" } | { kind: "seconds" | "minutes"; n: number } | { kind: "lost" };

/** What to say about an age in seconds; small ages go in steps of five so that the text does not flicker. */
export function ageOf(seconds: number, lostAfter: number): Age {
  const age = Math.max(0, seconds);
  if (age >= lostAfter) return { kind: "lost" };
  if (age < 5) return { kind: "now" };
  if (age < 60) return { kind: "seconds", n: Math.floor(age / 5) * 5 };
  return { kind: "minutes", n: Math.floor(age / 60) };
}

/** Seconds between a moment and the server's clock, which started at `serverNow` when `elapsed` was 0 and runs `speed` times. */
export function secondsSince(at: number, serverNow: number, elapsed: number, speed: number): number {
  return (serverNow + elapsed * speed - at) / 1000;
}

/** The words for an age out of a table of attributes, in the plural form of the language. */
export function wordsFor(age: Age, attribute: (name: string) => string | null, language: string, time: string): string {
  if (age.kind === "now") return attribute("just-now") ?? "";
  if (age.kind === "lost") return (attribute("lost") ?? "").replace("{time}", time);
  const form = new Intl.PluralRules(language).select(age.n);
  const words = attribute(`${age.kind}-${form}`) ?? attribute(`${age.kind}-other`) ?? "";
  return words.replace("{n}", String(age.n));
}

export class SeenAgo extends HTMLElement {
  static observedAttributes = ["at", "now"];

  #born = performance.now();
  #timer = 0;

  connectedCallback(): void {
    document.addEventListener("blisko:fix", this.#onFix);
    this.#timer = window.setInterval(() => this.#show(), 1000);
    this.#show();
  }

  disconnectedCallback(): void {
    document.removeEventListener("blisko:fix", this.#onFix);
    clearInterval(this.#timer);
  }

  attributeChangedCallback(name: string): void {
    if (name === "now") this.#born = performance.now();
    if (this.isConnected) this.#show();
  }

  #onFix = (event: Event): void => {
    const fix = (event as CustomEvent<FixEvent>).detail;
    const topic = this.getAttribute("topic");
    if (topic && topic !== fix.topic) return;
    if (Date.parse(fix.at) > (Date.parse(this.getAttribute("at") ?? "") || 0)) this.setAttribute("at", fix.at);
  };

  #show(): void {
    const at = Date.parse(this.getAttribute("at") ?? "");
    if (Number.isNaN(at)) return;
    const now = Date.parse(this.getAttribute("now") ?? "") || Date.now();
    const speed = Number(this.getAttribute("speed")) || 1;
    const lostAfter = Number(this.getAttribute("lost-after")) || 120;
    const age = ageOf(secondsSince(at, now, performance.now() - this.#born, speed), lostAfter);
    const language = this.closest("[lang]")?.getAttribute("lang") || "en";
    const words = wordsFor(age, (name) => this.getAttribute(name), language, clock(at, language, this.getAttribute("zone")));
    if (this.textContent !== words) this.textContent = words;
    const state = age.kind === "lost" ? "lost" : "seen";
    if (this.getAttribute("state") === state) return;
    this.setAttribute("state", state);
    this.dispatchEvent(new CustomEvent("blisko:seen", { detail: { state }, bubbles: true }));
  }
}

function clock(at: number, language: string, zone: string | null): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(language, zone ? { ...options, timeZone: zone } : options).format(at);
}

if (!customElements.get("seen-ago")) customElements.define("seen-ago", SeenAgo);
