/**
 * `<live-stream src="ticket address" poll="30" hidden-after="60">`: the page's ear.
 *
 * Gives, bubbling from itself: `blisko:hint {topic, hint}`, `blisko:fix {topic, lat, lon, heading, at, eta}`,
 * `blisko:renew` (the ticket is spent: ask for the fragment that carries a new one) and, while the stream is
 * away, `blisko:poll` every `poll` seconds. Its `state` attribute reads `live`, `waiting` or `asleep`.
 */
export interface FixEvent {
  topic: string;
  lat: number;
  lon: number;
  heading: number | null;
  at: string;
  eta: unknown;
}

export interface HintEvent {
  topic: string;
  hint: string;
}

/** Milliseconds before attempt `n` (0, 1, 2 …): doubling from one second to thirty, each cut by up to half at random. */
export function backoff(n: number, random: number): number {
  const full = Math.min(30_000, 1_000 * 2 ** Math.min(n, 10));
  return full * (1 - random / 2);
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** A fix as sent, or nothing when it is not one. */
export function readFix(text: string): FixEvent | null {
  const raw = readObject(text);
  if (!raw || !isNumber(raw["lat"]) || !isNumber(raw["lon"])) return null;
  if (Math.abs(raw["lat"]) > 90 || Math.abs(raw["lon"]) > 180) return null;
  return {
    // Staff hears of everybody under one topic ("day"), and is told of whom.
    topic: isNumber(raw["technician"]) ? `technician:${raw["technician"]}` : String(raw["topic"] ?? ""),
    lat: raw["lat"],
    lon: raw["lon"],
    heading: isNumber(raw["heading"]) ? raw["heading"] : null,
    at: String(raw["at"] ?? ""),
    eta: raw["eta"] ?? null,
  };
}

/** A hint as sent; words that are not an object are the topic itself. */
export function readHint(text: string): HintEvent {
  const raw = readObject(text);
  return raw ? { topic: String(raw["topic"] ?? ""), hint: String(raw["hint"] ?? "changed") } : { topic: text, hint: "changed" };
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const raw: unknown = JSON.parse(text);
    return typeof raw === "object" && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export class LiveStream extends HTMLElement {
  static observedAttributes = ["src"];

  #source: EventSource | null = null;
  #attempt = 0;
  #retry = 0;
  #poll = 0;
  #sleep = 0;
  #waiting = new Map<string, HintEvent>();
  #flush = 0;

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    addEventListener("online", this.#onOnline);
    this.#open();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    removeEventListener("online", this.#onOnline);
    clearTimeout(this.#sleep);
    clearTimeout(this.#flush);
    this.#close();
    this.#stopPolling();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after || before === null) return;
    this.#attempt = 0;
    this.#open();
  }

  #seconds(name: string, otherwise: number): number {
    const value = Number(this.getAttribute(name));
    return (value > 0 ? value : otherwise) * 1000;
  }

  #open(): void {
    this.#close();
    const src = this.getAttribute("src");
    if (!src) return;
    const source = new EventSource(src);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#attempt = 0;
      this.setAttribute("state", "live");
      this.#stopPolling();
    });
    source.addEventListener("hint", (event) => this.#collect(readHint(String(event.data))));
    source.addEventListener("fix", (event) => {
      const fix = readFix(String(event.data));
      if (fix) this.#tell("fix", fix);
    });
    source.addEventListener("renew", () => {
      this.#close();
      this.#tell("renew");
      // Should the new ticket not come, the page keeps asking.
      this.#startPolling();
    });
    source.addEventListener("error", () => this.#onError());
  }

  /** The browser's own reconnect knows no backoff, so it is never left to it. */
  #onError(): void {
    this.#close();
    this.setAttribute("state", "waiting");
    this.#startPolling();
    this.#retry = window.setTimeout(() => this.#open(), backoff(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #startPolling(): void {
    if (this.#poll) return;
    this.#poll = window.setInterval(() => {
      if (document.visibilityState !== "hidden") this.#tell("poll");
    }, this.#seconds("poll", 30));
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = 0;
  }

  /** Many changes in a moment are one question to the server for each topic. */
  #collect(hint: HintEvent): void {
    this.#waiting.set(hint.topic, hint);
    if (this.#flush) return;
    this.#flush = window.setTimeout(() => {
      this.#flush = 0;
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const one of all) this.#tell("hint", one);
    }, 150);
  }

  #onVisibility = (): void => {
    clearTimeout(this.#sleep);
    if (document.visibilityState === "hidden") {
      this.#sleep = window.setTimeout(() => {
        this.#close();
        this.#stopPolling();
        this.setAttribute("state", "asleep");
      }, this.#seconds("hidden-after", 60));
    } else if (!this.#source) {
      this.#attempt = 0;
      this.#open();
      this.#tell("poll");
    }
  };

  #onOnline = (): void => {
    if (this.#source || document.visibilityState === "hidden") return;
    this.#attempt = 0;
    this.#open();
  };

  #tell(name: string, detail: unknown = null): void {
    this.dispatchEvent(new CustomEvent(`blisko:${name}`, { detail, bubbles: true }));
  }
}

if (!customElements.get("live-stream")) customElements.define("live-stream", LiveStream);
