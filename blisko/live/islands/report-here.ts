/**
 * `<report-here to="address">`: reports where this phone is while the page is open, as the OsmAnd dialect's form.
 *
 * Keeps what could not be sent, from page to page, and sends it first the next time; a server's 2xx takes a report out of the queue.
 * While it reports somebody who is on the way (`isUnderWay`), the screen stays on: a telephone that sleeps reports nothing.
 * On a platform with a clock of its own (a simulation), `now` is that clock's moment when the page was `drawn` and `speed`
 * how fast it runs; elsewhere the telephone's own time is reported.
 * Its `state` attribute reads `off`, `waiting`, `reporting` or `refused`; it shows nothing of its own.
 */
import { onPlatform } from "./clock";

export interface Report {
  lat: number;
  lon: number;
  timestamp: number;
  accuracy: number;
  speed: number | null;
  bearing: number | null;
}

const mostWaiting = 500;
const waitingFor = "blisko-waiting";

/** Whether a visit on the page is on the way, by the house or by what was done here since. */
export function isUnderWay(page: ParentNode): boolean {
  return !!page.querySelector('[data-visit][data-now="on_the_way"], [data-visit][data-state="on_the_way"]:not([data-now])');
}

/** The reports for an address that could not be sent before, as they were noted down. */
export function noted(words: string | null, to: string): Report[] {
  try {
    const found = JSON.parse(words ?? "null") as { to: string; reports: Report[] } | null;
    return found?.to === to && Array.isArray(found.reports) ? found.reports : [];
  } catch {
    return [];
  }
}

/** Whether a new fix is worth a report: ten seconds or twenty-five metres after the last one. */
export function worthIt(last: Report | undefined, next: Report): boolean {
  if (!last) return true;
  const north = (next.lat - last.lat) * 111_320;
  const east = (next.lon - last.lon) * 111_320 * Math.cos((next.lat * Math.PI) / 180);
  return next.timestamp - last.timestamp >= 10_000 || Math.hypot(north, east) >= 25;
}

/** The report as the form that the positions door reads: knots, whole milliseconds. */
export function formOf(report: Report): URLSearchParams {
  const form = new URLSearchParams({
    id: "page",
    lat: report.lat.toFixed(7),
    lon: report.lon.toFixed(7),
    timestamp: String(Math.round(report.timestamp)),
    accuracy: report.accuracy.toFixed(1),
  });
  if (report.speed !== null) form.set("speed", (report.speed * 1.943844).toFixed(2));
  if (report.bearing !== null && !Number.isNaN(report.bearing)) form.set("bearing", report.bearing.toFixed(0));
  return form;
}

export class ReportHere extends HTMLElement {
  #watch = 0;
  #waiting: Report[] = [];
  #last: Report | undefined;
  #sending = false;
  #awake: WakeLockSentinel | undefined;

  connectedCallback(): void {
    this.setAttribute("state", "off");
    if (!("geolocation" in navigator) || !this.#to) return;
    this.#waiting = noted(sessionStorage.getItem(waitingFor), this.#to);
    this.#watch = navigator.geolocation.watchPosition(
      (fix) => this.#keep(fix),
      () => this.setAttribute("state", "refused"),
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    addEventListener("online", this.#send);
    for (const name of ["visibilitychange", "blisko:shown"]) document.addEventListener(name, this.#stayAwake);
    if (this.#waiting.length) void this.#send();
  }

  disconnectedCallback(): void {
    navigator.geolocation?.clearWatch(this.#watch);
    removeEventListener("online", this.#send);
    for (const name of ["visibilitychange", "blisko:shown"]) document.removeEventListener(name, this.#stayAwake);
    void this.#awake?.release();
  }

  get #to(): string {
    return this.getAttribute("to") ?? "";
  }

  /** The browser lets go of it whenever the page is hidden; where it cannot be had, the page reports as long as it is awake. */
  #stayAwake = async (): Promise<void> => {
    const wanted = document.visibilityState === "visible" && !!this.#last && isUnderWay(document);
    if (wanted && (!this.#awake || this.#awake.released)) this.#awake = await navigator.wakeLock?.request("screen").catch(() => undefined);
    else if (!wanted && this.#awake) await this.#awake.release();
  };

  #keep({ coords, timestamp }: GeolocationPosition): void {
    const report: Report = {
      lat: coords.latitude,
      lon: coords.longitude,
      timestamp,
      accuracy: coords.accuracy,
      speed: coords.speed,
      bearing: coords.heading,
    };
    if (!worthIt(this.#last, report)) return;
    this.#last = report;
    void this.#stayAwake();
    const platform = Date.parse(this.getAttribute("now") ?? "");
    const speed = Number(this.getAttribute("speed")) || 1;
    const moment = Number.isNaN(platform) ? timestamp : onPlatform(timestamp, Date.parse(this.getAttribute("drawn") ?? ""), platform, speed);
    this.#note([...this.#waiting, { ...report, timestamp: moment }].slice(-mostWaiting));
    void this.#send();
  }

  #note(waiting: Report[]): void {
    this.#waiting = waiting;
    sessionStorage.setItem(waitingFor, JSON.stringify({ to: this.#to, reports: waiting }));
  }

  #send = async (): Promise<void> => {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        const answer = await fetch(this.#to, { method: "POST", body: formOf(next), credentials: "omit" });
        if (!answer.ok) break;
        this.#note(this.#waiting.slice(1));
      }
      this.setAttribute("state", this.#waiting.length ? "waiting" : "reporting");
    } catch {
      this.setAttribute("state", "waiting");
    } finally {
      this.#sending = false;
    }
  };
}

customElements.define("report-here", ReportHere);
