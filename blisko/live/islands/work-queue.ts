/**
 * `<work-queue who to uploads worker flow leave>`: what a technician does, kept on the telephone first and sent in its order once there is a network.
 *
 * Takes over every form with `data-operation` (of the visit it lies in, `[data-visit]`, or of none); without it (no scripts, no storage) they are plain forms. `who`: whose
 * work; `to`, `uploads`: where operations and pictures go; `worker`: the service worker; `flow`: the table of steps; `leave`: what is asked
 * before signing out with unsent work. Its children wear `data-when` ("unsent", "signin"), a `[data-count]` inside is how many wait.
 * Its `state` attribute reads `sent`, `unsent` or `signin`.
 */
import { csrfToken } from "../../ui/islands/csrf";
import { openDoors } from "../../ui/islands/doors";
import { onPlatform } from "./clock";
import { Keep } from "./keep";
import { nextOf, spoken } from "./help";
import { overlay } from "./overlay";
import { hasty, small } from "./pictures";
import { fieldsOf, keptNow, message, patience, pieces, readFlow, settled, sha256Of, type Operation, type Verdict } from "./work";

const pages = "blisko-pages-1";
const files = "blisko-files-1";
const whose = "blisko-who";
const most = 50;
const signIn = "sign in first";
const kept = "blisko-kept";
const pictured = new Set(["photo", "sign", "help_photo"]);

/** Whether a page has to be brought: it is not on the telephone, or was brought too long ago. */
async function isDue(address: string): Promise<boolean> {
  const there = await caches.match(address, { cacheName: pages });
  return !there || !keptNow(localStorage.getItem(kept), "", Date.now())[address];
}

type Sent = "all" | "some" | "away" | "signin";

export class WorkQueue extends HTMLElement {
  #keep = new Keep();
  #failed = 0;
  #away = false;
  #retry = 0;
  #unsent = 0;
  #inside = false;

  connectedCallback(): void {
    document.addEventListener("submit", this.#onSubmit, true);
    document.addEventListener("click", this.#onClick, true);
    document.addEventListener("htmx:after:swap", this.#onSwap);
    document.addEventListener("visibilitychange", this.#onWake);
    addEventListener("online", this.#onWake);
    addEventListener("offline", this.#onSwap);
    addEventListener("beforeunload", this.#onLeave);
    void this.#begin();
  }

  disconnectedCallback(): void {
    document.removeEventListener("submit", this.#onSubmit, true);
    document.removeEventListener("click", this.#onClick, true);
    document.removeEventListener("htmx:after:swap", this.#onSwap);
    document.removeEventListener("visibilitychange", this.#onWake);
    removeEventListener("online", this.#onWake);
    removeEventListener("offline", this.#onSwap);
    removeEventListener("beforeunload", this.#onLeave);
    clearTimeout(this.#retry);
  }

  get #who(): string {
    return this.getAttribute("who") ?? "";
  }

  async #begin(): Promise<void> {
    // Somebody else's day has no business on this telephone once another one signs in.
    if (localStorage.getItem(whose) !== this.#who) await Promise.all([pages, files].map((one) => globalThis.caches?.delete(one)));
    localStorage.setItem(whose, this.#who);
    await this.#show();
    await this.#send();
    await this.#ask();
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(this.getAttribute("worker") ?? "");
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
    await this.#keepDay();
  }

  /** Whether the house can be reached: what is on the screen may have been kept, and a browser only knows whether it has a network at all. */
  async #ask(): Promise<void> {
    const answer = await fetch(this.getAttribute("worker") ?? "", { method: "HEAD", cache: "no-store" }).catch(() => null);
    this.#away = !answer || answer.status >= 502;
    await this.#show();
  }

  #now(): Date {
    const platform = Date.parse(this.getAttribute("now") ?? "");
    const speed = Number(this.getAttribute("speed")) || 1;
    return new Date(Number.isNaN(platform) ? Date.now() : onPlatform(Date.now(), Date.parse(this.getAttribute("drawn") ?? ""), platform, speed));
  }

  #onSubmit = (event: SubmitEvent): void => {
    this.#inside = true;
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if ("leave" in form.dataset) this.#leave(event, form);
    const kind = form.dataset["operation"];
    const visit = Number(form.closest<HTMLElement>("[data-visit]")?.dataset["visit"] ?? 0);
    if (!kind || !("indexedDB" in globalThis)) return;
    event.preventDefault();
    const lacks = kind === "finish" ? form.closest("[data-visit]")?.querySelector<HTMLElement>("[data-lacks]:not([hidden])") : null;
    if (lacks) lacks.animate?.([{ opacity: 0.3 }, { opacity: 1 }], 300);
    else void this.#do(form, kind, visit, new FormData(form, event.submitter));
  };

  async #do(form: HTMLFormElement, kind: string, visit: number, said: FormData): Promise<void> {
    const at = this.#now().toISOString();
    const file = said.get("picture");
    const data: Record<string, unknown> = fieldsOf(said);
    let picture: Blob | undefined;
    if (pictured.has(kind)) {
      if (!(file instanceof File) || !file.size) return;
      picture = kind === "sign" ? file : await (kind === "help_photo" ? hasty : small)(file);
      data["sha256"] = await sha256Of(picture);
    }
    const { submit } = HTMLFormElement.prototype;
    try {
      await this.#keep.add({ id: crypto.randomUUID(), who: this.#who, visit, kind, at, data, ...(picture ? { picture } : {}) });
    } catch {
      submit.call(form); // nothing can be kept here: it goes as a plain form, or the browser says that it cannot
      return;
    }
    form.reset();
    form.querySelector<HTMLElement>("[data-clear]")?.click();
    await this.#show();
    await this.#send();
  }

  async #show(): Promise<void> {
    const unsent = await this.#keep.all(this.#who).catch(() => []);
    this.#unsent = unsent.length;
    if (this.getAttribute("state") !== "signin" || !this.#unsent) this.setAttribute("state", this.#unsent ? "unsent" : "sent");
    for (const one of this.querySelectorAll<HTMLElement>("[data-when]")) one.hidden = one.dataset["when"] !== this.getAttribute("state");
    for (const one of this.querySelectorAll("[data-count]")) one.textContent = String(this.#unsent);
    for (const one of document.querySelectorAll<HTMLElement>("[data-when-offline]")) one.hidden = navigator.onLine && !this.#failed && !this.#away;
    overlay(document, readFlow(this.getAttribute("flow") ?? ""), unsent);
  }

  /** One page of this browser sends at a time. */
  async #send(): Promise<void> {
    clearTimeout(this.#retry);
    await this.#sendSpoken();
    const went = await navigator.locks.request("blisko-work", { ifAvailable: true }, async (lock) => (lock ? this.#sendAll() : "some"));
    this.#failed = went === "away" ? this.#failed + 1 : 0;
    if (went === "signin") this.setAttribute("state", "signin");
    await this.#show();
    if (went !== "all") this.#retry = window.setTimeout(() => void this.#send(), patience(this.#failed) * 1000);
  }

  /** Help in words waits for no picture that is on its way: sent twice it takes effect once. */
  async #sendSpoken(): Promise<void> {
    const words = spoken(await this.#keep.all(this.#who).catch(() => []));
    const [first] = words;
    if (!first) return;
    const said = message(first.queue, this.#now().toISOString(), words);
    const answer = await this.#post(this.getAttribute("to") ?? "", said, "application/json").catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { operations } = (await answer.json()) as { operations: Verdict[] };
    await this.#keep.forget(settled(words, operations));
    document.body.dispatchEvent(new CustomEvent("blisko:poll"));
  }

  async #sendAll(): Promise<Sent> {
    let sent = false;
    for (;;) {
      const waiting = await this.#keep.all(this.#who);
      const queue = waiting[0]?.queue;
      if (!queue) break;
      const some = nextOf(waiting.filter((one) => one.queue === queue)).slice(0, most);
      try {
        for (const one of some) {
          // What the house will never take holds up nothing: it is told of, and a person sees it.
          if (one.picture && !(await this.#upload(one, one.picture))) one.data["sha256"] = "";
        }
        const answer = await this.#post(this.getAttribute("to") ?? "", message(queue, this.#now().toISOString(), some), "application/json");
        if (answer.redirected || answer.status === 401 || answer.status === 403) return "signin";
        if (!answer.ok) return "away";
        const { operations } = (await answer.json()) as { operations: Verdict[] };
        await this.#keep.forget(settled(some, operations));
        sent = true;
      } catch (no) {
        return no instanceof Error && no.message === signIn ? "signin" : "away";
      }
    }
    if (sent) document.body.dispatchEvent(new CustomEvent("blisko:poll"));
    return "all";
  }

  /** Whether a picture has arrived whole; no where the house does not take it: too big, or not what it was announced as. */
  async #upload(one: Operation, picture: Blob): Promise<boolean> {
    const to = `${this.getAttribute("uploads")}${String(one.data["sha256"])}/`;
    const known = await fetch(`${to}have/`);
    if (known.redirected) throw new Error(signIn);
    const asked = (await known.json()) as { have: number };
    for (let { have } = asked; have < picture.size; ) {
      const [[from, until] = [have, picture.size]] = pieces(have, picture.size);
      const answer = await this.#post(`${to}?offset=${from}&length=${picture.size}`, picture.slice(from, until), "application/octet-stream");
      if (answer.status === 422) return false;
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      have = ((await answer.json()) as { have: number }).have;
      if (have <= from) return false;
    }
    return true;
  }

  #post(to: string, body: BodyInit, type: string): Promise<Response> {
    return fetch(to, { method: "POST", body, headers: { "Content-Type": type, "X-CSRFToken": csrfToken(document, document.cookie) } });
  }

  /** Everything the day needs is brought once, so that it is there without a network; what is no longer of the day goes. */
  async #keepDay(): Promise<void> {
    const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-keep], .bottom-bar a")].map((one) => one.href);
    const wanted = [...new Set([location.href.split(/[?#]/)[0] ?? "", ...links])];
    if (!navigator.onLine) return;
    const built = performance.getEntriesByType("resource").map((one) => one.name).filter((one) => one.includes("/static/"));
    try {
      for (const one of new Set(built)) await fetch(one);
      for (const one of wanted) if (await isDue(one)) await this.#keepPage(one);
      if (document.querySelector("a[data-keep]")) await this.#forgetOthers(new Set(wanted));
    } catch {
      // The network went meanwhile: the next look brings the rest.
    }
  }

  async #keepPage(address: string): Promise<void> {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    openDoors(page);
    const pictures = [...page.querySelectorAll("img")].map((one) => new URL(one.getAttribute("src") ?? "", address));
    for (const one of pictures) if (one.pathname.startsWith("/t/")) await fetch(one);
    localStorage.setItem(kept, JSON.stringify(keptNow(localStorage.getItem(kept), address, Date.now())));
  }

  async #forgetOthers(wanted: ReadonlySet<string>): Promise<void> {
    const cache = await caches.open(pages);
    for (const { url } of await cache.keys()) {
      if (new URL(url).pathname.startsWith("/t/visits/") && !wanted.has(url)) await cache.delete(url);
    }
  }

  #leave(event: SubmitEvent, form: HTMLFormElement): void {
    event.preventDefault();
    if (this.#unsent && !confirm(this.getAttribute("leave") ?? "")) {
      this.#inside = false;
      return;
    }
    const gone = globalThis.caches ? Promise.all([caches.delete(pages), caches.delete(files)]) : Promise.resolve();
    void gone.finally(() => HTMLFormElement.prototype.submit.call(form));
  }

  #onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    this.#inside = link?.origin === location.origin;
  };

  #onLeave = (event: BeforeUnloadEvent): void => {
    if (this.#unsent && !this.#inside) event.preventDefault();
  };

  #onSwap = (): void => {
    void this.#show();
    if (navigator.serviceWorker?.controller) void this.#keepDay();
  };

  #onWake = (): void => {
    if (document.visibilityState === "hidden") return;
    this.#failed = 0;
    void this.#send().then(() => this.#ask());
  };
}

customElements.define("work-queue", WorkQueue);
