/**
 * `<work-queue who to uploads worker flow leave full>`: what a technician does, kept on the telephone first and sent in its order once there is a network.
 *
 * Takes over every form with `data-operation` (of the visit it lies in, `[data-visit]`, or of none); without it (no scripts, no storage) they
 * are plain forms. `who`: whose work; `to`, `uploads`: where operations and pictures go; `worker`: the service worker; `flow`: the table of
 * steps; `leave`: what is asked before signing out with unsent work; `full`: what is said where nothing can be kept. Its children wear
 * `data-when` ("unsent", "signin"), a `[data-count]` inside is how many wait. Tells `blisko:shown` once the page shows what is kept. Its
 * `state` attribute reads `sent`, `unsent` or `signin`.
 */
import { onPlatform } from "./clock";
import { Keep } from "./keep";
import { dropKept, keepDay, keepFor } from "./keeping";
import { overlay, readNumber } from "./overlay";
import { Sender, type Sent } from "./sending";
import { fieldsOf, patience, readFlow, unsentOf, type Operation } from "./work";

const pictured = new Set(["photo", "sign", "help_photo"]);
/** Milliseconds in which a second tap is the same tap, unless something was entered in between: gloves tremble. */
const oneTap = 600;
/** Milliseconds for which what the house has is still shown over older pages. */
const shownFor = 36 * 3600_000;

export class WorkQueue extends HTMLElement {
  #keep = new Keep();
  #kept: Operation[] = [];
  #busy = new WeakSet<HTMLFormElement>();
  #plain = new WeakSet<HTMLFormElement>();
  #writing = 0;
  #failed = 0;
  #away = false;
  #retry = 0;
  #inside = false;
  #stays = false;

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

  get #unsent(): number {
    return unsentOf(this.#kept).length;
  }

  async #begin(): Promise<void> {
    await keepFor(this.#who);
    const before = this.#now().getTime() - shownFor;
    await this.#keep.sweep((one) => one.who !== this.#who || Date.parse(one.answered ?? "") < before).catch(() => undefined);
    await this.#show();
    await this.#send();
    await this.#ask();
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(this.getAttribute("worker") ?? "");
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
    await keepDay();
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
    if (!kind || !isSecureContext || !("indexedDB" in globalThis) || this.#plain.has(form)) return;
    event.preventDefault();
    const lacks = kind === "finish" ? form.closest("[data-visit]")?.querySelector<HTMLElement>("[data-lacks]:not([hidden])") : null;
    if (lacks) lacks.animate?.([{ opacity: 0.3 }, { opacity: 1 }], 300);
    else void this.#do(form, kind, visit, event.submitter);
  };

  async #do(form: HTMLFormElement, kind: string, visit: number, submitter: HTMLElement | null): Promise<void> {
    const said = new FormData(form, submitter);
    const at = this.#now().toISOString();
    const picture = said.get("picture");
    const lacksPicture = pictured.has(kind) && !(picture instanceof File && picture.size);
    const unread = kind === "measure" && Number.isNaN(readNumber(String(said.get("value"))));
    if (this.#busy.has(form) || lacksPicture || unread) return;
    this.#busy.add(form);
    form.addEventListener("input", () => this.#busy.delete(form), { once: true });
    this.#writing += 1;
    const id = form.dataset["once"] ?? crypto.randomUUID();
    const taken = picture instanceof File ? { picture } : {};
    const add = this.#keep.add({ id, who: this.#who, visit, kind, at, data: fieldsOf(said), ...taken });
    const kept = await add.then(() => true, () => false);
    this.#writing -= 1;
    window.setTimeout(() => this.#busy.delete(form), oneTap);
    if (!kept) {
      await this.#doPlainly(form, submitter);
      return;
    }
    if (kind !== "measure") form.reset(); // a value stands as it was saved
    form.querySelector<HTMLElement>("[data-clear]")?.click();
    await this.#show();
    await this.#send();
  }

  /** Where nothing can be kept, it goes as a plain form, unless it would overtake what waits or there is nobody to take it: then it is told. */
  async #doPlainly(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (this.#unsent) await this.#send();
    if (this.#unsent || this.#away || !navigator.onLine) {
      alert(this.getAttribute("full") ?? "");
      return;
    }
    this.#plain.add(form);
    // Not before the first event has ended: a form that is being submitted is not submitted again.
    window.setTimeout(() => form.requestSubmit(submitter), 0);
  }

  async #show(): Promise<void> {
    this.#kept = await this.#keep.all(this.#who).catch(() => this.#kept);
    if (this.getAttribute("state") !== "signin" || !this.#unsent) this.setAttribute("state", this.#unsent ? "unsent" : "sent");
    for (const one of this.querySelectorAll<HTMLElement>("[data-when]")) one.hidden = one.dataset["when"] !== this.getAttribute("state");
    for (const one of this.querySelectorAll("[data-count]")) one.textContent = String(this.#unsent);
    for (const one of document.querySelectorAll<HTMLElement>("[data-when-offline]")) one.hidden = navigator.onLine && !this.#failed && !this.#away;
    overlay(document, readFlow(this.getAttribute("flow") ?? ""), this.#kept);
    document.dispatchEvent(new CustomEvent("blisko:shown"));
  }

  /** One page of this browser sends at a time. */
  async #send(): Promise<void> {
    clearTimeout(this.#retry);
    const sender = new Sender(this.#keep, this.#who, this.getAttribute("to") ?? "", this.getAttribute("uploads") ?? "", () => this.#now());
    const told = () => document.body.dispatchEvent(new CustomEvent("blisko:poll"));
    await sender.sendHelp(told);
    const went = await navigator.locks.request("blisko-work", { ifAvailable: true }, async (lock): Promise<Sent | "busy"> => (lock ? sender.sendAll(told) : "busy"));
    this.#failed = went === "all" || went === "busy" ? 0 : this.#failed + 1;
    if (went === "foreign") await this.#giveWay();
    if (went === "signin") this.setAttribute("state", "signin");
    await this.#show();
    if (went !== "all") this.#retry = window.setTimeout(() => void this.#send(), patience(this.#failed) * 1000);
  }

  /** Somebody else is signed in: this page is none of his, and its work waits for its owner. */
  async #giveWay(): Promise<void> {
    await dropKept();
    location.reload();
  }

  #leave(event: SubmitEvent, form: HTMLFormElement): void {
    event.preventDefault();
    if (this.#unsent && !confirm(this.getAttribute("leave") ?? "")) {
      this.#inside = false;
      return;
    }
    void Promise.allSettled([dropKept(), this.#keep.sweep(() => true)]).finally(() => HTMLFormElement.prototype.submit.call(form));
  }

  #onClick = (event: MouseEvent): void => {
    const on = event.target instanceof Element ? event.target : null;
    const link = on?.closest("a");
    this.#inside = link?.origin === location.origin;
    // To ring and to find the way is to stay: browsers ask before these, too.
    this.#stays = !!link && !link.protocol.startsWith("http");
    window.setTimeout(() => (this.#stays = false), 1000);
    const id = on?.closest<HTMLElement>("[data-forget]")?.dataset["forget"];
    if (id) void this.#keep.settle([], this.#kept.filter((one) => one.id === id)).then(() => this.#show());
  };

  #onLeave = (event: BeforeUnloadEvent): void => {
    if (!this.#stays && ((this.#unsent && !this.#inside) || this.#writing)) event.preventDefault();
  };

  #onSwap = (): void => {
    void this.#show();
    if (navigator.serviceWorker?.controller) void keepDay();
  };

  #onWake = (): void => {
    if (document.visibilityState === "hidden") return;
    this.#failed = 0;
    void this.#send().then(() => this.#ask());
  };
}

customElements.define("work-queue", WorkQueue);
