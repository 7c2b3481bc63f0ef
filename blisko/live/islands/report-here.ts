/**
 * `<report-here to="address">`: reports where this phone is while the page is open, as the OsmAnd dialect's form.
 *
 * Keeps what could not be sent and sends it first the next time; a server's 2xx takes a report out of the queue.
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

  connectedCallback(): void {
    this.setAttribute("state", "off");
    if (!("geolocation" in navigator) || !this.getAttribute("to")) return;
    this.#watch = navigator.geolocation.watchPosition(
      (fix) => this.#keep(fix),
      () => this.setAttribute("state", "refused"),
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    addEventListener("online", this.#send);
  }

  disconnectedCallback(): void {
    navigator.geolocation?.clearWatch(this.#watch);
    removeEventListener("online", this.#send);
  }

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
    const platform = Date.parse(this.getAttribute("now") ?? "");
    const speed = Number(this.getAttribute("speed")) || 1;
    const moment = Number.isNaN(platform) ? timestamp : onPlatform(timestamp, Date.parse(this.getAttribute("drawn") ?? ""), platform, speed);
    this.#waiting = [...this.#waiting, { ...report, timestamp: moment }].slice(-mostWaiting);
    void this.#send();
  }

  #send = async (): Promise<void> => {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        const answer = await fetch(this.getAttribute("to") ?? "", { method: "POST", body: formOf(next), credentials: "omit" });
        if (!answer.ok) break;
        this.#waiting.shift();
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
