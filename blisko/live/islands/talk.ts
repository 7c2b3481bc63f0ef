/** What the console says to the server, and how it reads the answers. */
import { csrfToken } from "../../ui/islands/csrf";

/** The fields of a form as they stand in an address: nothing that is empty. */
export function queryOf(fields: Iterable<[string, FormDataEntryValue]>): string {
  const said = [...fields].flatMap(([name, value]): [string, string][] => (typeof value === "string" && value.trim() !== "" ? [[name, value.trim()]] : []));
  return new URLSearchParams(said).toString();
}

/** The sentence a refused request carries, or nothing. */
export function wordsOf(problem: unknown): string {
  const said = typeof problem === "object" && problem !== null ? (problem as Record<string, unknown>)["detail"] : "";
  return typeof said === "string" ? said : "";
}

export async function ask(address: string, query: URLSearchParams | string, signal?: AbortSignal): Promise<{ ok: boolean; said: unknown }> {
  const response = await fetch(`${address}?${query}`, { headers: { accept: "application/json" }, signal: signal ?? null });
  return { ok: response.ok, said: await response.json().catch(() => null) };
}

export async function post(address: string, form: FormData): Promise<{ ok: boolean; said: unknown }> {
  const headers = { accept: "application/json", "X-CSRFToken": csrfToken(document, document.cookie) };
  const response = await fetch(address, { method: "POST", body: form, headers });
  return { ok: response.ok, said: await response.json().catch(() => null) };
}

const beat = 20_000;
const rest = 400;

/** The heartbeat by which colleagues see who looks at what; nothing is sent while the page is hidden. */
export class Heartbeat {
  #key = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  #timer = 0;
  #soon = 0;
  #day = "";
  #visit: number | null = null;

  constructor(private address: string) {}

  get key(): string {
    return this.#key;
  }

  start(): void {
    this.#timer = window.setInterval(() => this.#beat(), beat);
    addEventListener("pagehide", this.stop);
  }

  stop = (): void => {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    removeEventListener("pagehide", this.stop);
    void this.#say(new URLSearchParams({ left: "1" }));
  };

  look(day: string, visit: number | null): void {
    if (day === this.#day && visit === this.#visit) return;
    this.#day = day;
    this.#visit = visit;
    clearTimeout(this.#soon);
    this.#soon = window.setTimeout(() => this.#beat(), rest);
  }

  #beat(): void {
    if (document.visibilityState === "hidden" || !navigator.onLine) return;
    void this.#say(new URLSearchParams({ day: this.#day, visit: String(this.#visit ?? "") }));
  }

  async #say(form: URLSearchParams): Promise<void> {
    form.set("console", this.#key);
    const headers = { "X-CSRFToken": csrfToken(document, document.cookie) };
    await fetch(this.address, { method: "POST", body: form, headers, keepalive: true }).catch(() => undefined);
  }
}
