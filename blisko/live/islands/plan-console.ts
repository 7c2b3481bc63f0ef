/**
 * `<plan-console src what-if move swap undo here>`: holds the plan for the timeline and the map in it, and carries out what people do there.
 *
 * `src` answers the plan as JSON, and a first one stands in a `<script type="application/json">`. The others are addresses of questions
 * and changes. Words come from the server with each answer; the few it must say alone (`away`) stand in attributes.
 * In it, by attribute: `[data-do]` buttons, a `form[data-filters]`, `[data-part]` places for what changes, and a `dialog`.
 */
import type { BliskoMap } from "../../ui/islands/blisko-map";
import { barById, chosenAfter, instant, readBoard, type Answer, type Board, type Target } from "./board";
import { Filters } from "./filters";
import type { PlanTimeline } from "./plan-timeline";
import { ask, Heartbeat, post, queryOf, wordsOf } from "./talk";

interface Ask {
  visit: number;
  technician: number;
  target: Target;
}

interface Drop {
  visit: number;
  technician: number | null;
  at: number;
  swap: number | null;
  before: number | null;
}

const calm = 400;
const standing = 8000;
/** More marks than this on the map are dots. */
const crowd = 60;

export class PlanConsole extends HTMLElement {
  #board: Board | null = null;
  #chosen = new Set<number>();
  #asking: AbortController | null = null;
  #loading: AbortController | null = null;
  #again = 0;
  #typing = 0;
  #fading = 0;
  #heart: Heartbeat | null = null;
  #filters: Filters | null = null;

  connectedCallback(): void {
    void this.#start();
  }

  async #start(): Promise<void> {
    await Promise.all([customElements.whenDefined("plan-timeline"), customElements.whenDefined("blisko-map")]);
    if (!this.isConnected) return;
    this.addEventListener("blisko:ask", this.#onAsk);
    this.addEventListener("blisko:drop", this.#onDrop);
    this.addEventListener("blisko:menu", (event) => void this.#openMenu((event as CustomEvent<{ id: number }>).detail.id));
    this.addEventListener("blisko:choose", (event) => this.#choose((event as CustomEvent<{ ids: number[] }>).detail.ids));
    this.addEventListener("blisko:stand", this.#onStand);
    this.addEventListener("blisko:point", this.#onPoint);
    this.addEventListener("blisko:lasso", this.#onLasso);
    this.addEventListener("click", this.#onClick);
    this.addEventListener("submit", this.#onSubmit);
    this.addEventListener("input", this.#onInput);
    this.#filters = new Filters(this, () => void this.load());
    this.#heart = new Heartbeat(this.#address("here"));
    this.#heart.start();
    document.addEventListener("keydown", this.#onKey);
    document.addEventListener("blisko:hint", this.#soon);
    document.addEventListener("blisko:poll", this.#soon);
    addEventListener("online", this.#onLine);
    addEventListener("offline", this.#onLine);
    this.#onLine();
    this.#show(readBoard(this.querySelector('script[type="application/json"]')?.textContent));
    this.#heart.look(this.#board?.day ?? "", null);
    this.setAttribute("ready", "");
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#onKey);
    document.removeEventListener("blisko:hint", this.#soon);
    document.removeEventListener("blisko:poll", this.#soon);
    removeEventListener("online", this.#onLine);
    removeEventListener("offline", this.#onLine);
    this.#filters?.end();
    this.#heart?.stop();
    clearTimeout(this.#again);
    clearTimeout(this.#fading);
  }

  get #timeline(): PlanTimeline | null {
    return this.querySelector<PlanTimeline>("plan-timeline");
  }

  get #map(): BliskoMap | null {
    return this.querySelector<BliskoMap>("blisko-map");
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  #part(name: string): HTMLElement | null {
    return this.querySelector(`[data-part="${name}"]`);
  }

  /** Says a sentence to everybody: it is read out, and stands for a while. */
  #say(words: string, kind = ""): void {
    const place = this.#part("said");
    if (!place || !words) return;
    place.textContent = words;
    place.dataset["kind"] = kind;
    clearTimeout(this.#fading);
    this.toggleAttribute("quiet", false);
    this.#fading = window.setTimeout(() => this.toggleAttribute("quiet", true), standing);
  }

  #show(board: Board | null): void {
    if (!board) return;
    this.#board = board;
    const timeline = this.#timeline;
    if (timeline) timeline.board = board;
    this.#chosen = new Set([...this.#chosen].filter((id) => barById(board, id)));
    this.#choose(this.#chosen);
    const map = this.#map;
    if (map) {
      map.setAttribute("points", JSON.stringify(board.points));
      map.setAttribute("routes", JSON.stringify(board.routes));
      map.toggleAttribute("crowded", board.points.length > crowd);
    }
    const sum = this.#part("sum");
    if (sum) sum.textContent = board.said;
    for (const [name, count] of Object.entries(board.counts)) {
      const place = this.#part(`count-${name}`);
      if (place) place.textContent = String(count);
    }
    const people = board.onlookers.map((one) => {
      const face = document.createElement("li");
      face.className = "avatar avatar-small";
      face.title = one.name;
      face.append(one.initials, Object.assign(document.createElement("span"), { className: "unseen", textContent: ` ${one.name}` }));
      return face;
    });
    this.#part("onlookers")?.replaceChildren(...people);
    this.#part("onlookers-head")?.toggleAttribute("hidden", people.length === 0);
    for (const button of this.querySelectorAll<HTMLButtonElement>('[data-do="undo"]')) button.disabled = !board.undo;
    this.#part("empty")?.toggleAttribute("hidden", board.rows.length > 0);
  }

  #choose(ids: Iterable<number>): void {
    this.#chosen = new Set(ids);
    const timeline = this.#timeline;
    if (timeline) timeline.chosen = this.#chosen;
    this.#map?.setAttribute("chosen", [...this.#chosen].map((id) => `visit-${id}`).join(" "));
    const bulk = this.#part("bulk");
    bulk?.toggleAttribute("hidden", this.#chosen.size < 2);
    this.#part("bulk-two")?.toggleAttribute("hidden", this.#chosen.size !== 2);
    const count = this.#part("bulk-count");
    if (count) count.textContent = String(this.#chosen.size);
    for (const form of this.querySelectorAll<HTMLFormElement>("form[data-bulk]")) {
      for (const field of form.querySelectorAll("input[name=visit]")) field.remove();
      for (const id of this.#chosen) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "visit", value: String(id) }));
    }
    this.#lightRoute();
  }

  #lightRoute(): void {
    const id = [...this.#chosen].at(-1);
    const row = id === undefined ? undefined : this.#board?.rows.find((one) => one.bars.some((bar) => bar.id === id));
    this.#map?.setAttribute("route-chosen", row ? String(row.id) : "");
  }

  #onStand = (event: Event): void => {
    const { id, technician } = (event as CustomEvent<{ id: number | null; technician: number | null }>).detail;
    if (technician !== null) this.#map?.setAttribute("route-chosen", String(technician));
    this.#heart?.look(this.#board?.day ?? "", id);
  };

  #onPoint = (event: Event): void => {
    const { id: name, add } = (event as CustomEvent<{ id: string; add: boolean }>).detail;
    const id = Number(name.replace("visit-", ""));
    if (!id || !this.#board || !barById(this.#board, id)) return;
    event.preventDefault();
    if (add) return this.#choose(chosenAfter(this.#board, this.#chosen, id, { add, through: false }, null));
    this.#choose([id]);
    this.#timeline?.standOn(id);
  };

  #onLasso = (event: Event): void => {
    const { ids, add } = (event as CustomEvent<{ ids: string[]; add: boolean }>).detail;
    const found = ids.flatMap((id) => (id.startsWith("visit-") ? [Number(id.slice(6))] : []));
    this.#choose([...(add ? this.#chosen : []), ...found.filter((id) => this.#board && barById(this.#board, id)?.movable)]);
  };

  #address(name: string): string {
    return this.getAttribute(name) ?? "";
  }

  #onAsk = (event: Event): void => {
    const detail = (event as CustomEvent<Ask | null>).detail;
    this.#asking?.abort();
    if (detail && this.#board) void this.#ask(detail, this.#board);
  };

  async #ask(detail: Ask, board: Board): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const query = new URLSearchParams({ visit: String(detail.visit), technician: String(detail.technician), day: board.day });
    if (detail.target.swap !== null) query.set("swap", String(detail.target.swap));
    else if (detail.target.before !== null) query.set("before", String(detail.target.before));
    else query.set("at", instant(board.zero, detail.target.at));
    try {
      const { ok, said } = await ask(this.#address("what-if"), query, asking.signal);
      const words = wordsOf(said);
      const answer = ok ? (said as Answer) : { ok: false, title: words, lines: [], said: words };
      this.#timeline?.answer(detail.target, answer);
      this.#say(answer.said, "quiet");
    } catch {
      if (!asking.signal.aborted) this.#timeline?.answer(detail.target, { ok: false, title: this.#address("away"), lines: [], said: "" });
    }
  }

  #onDrop = (event: Event): void => {
    const drop = (event as CustomEvent<Drop>).detail;
    const board = this.#board;
    this.#asking?.abort(); // what it would mean says nothing any more: what came of it does
    if (!board) return;
    const form = new FormData();
    form.append("visit", String(drop.visit));
    if (drop.swap !== null) form.append("visit", String(drop.swap));
    else if (drop.technician !== null) {
      form.append("technician", String(drop.technician));
      if (drop.before !== null) form.append("before", String(drop.before));
      else form.append("at", instant(board.zero, drop.at));
    }
    void this.#change(this.#address(drop.swap !== null ? "swap" : "move"), form, drop.visit);
  };

  /** Sends a change; it is refused in words while we are offline, and by the server when it cannot be. */
  async #change(address: string, form: FormData, stand: number | null = null): Promise<boolean> {
    if (!navigator.onLine) {
      this.#say(this.#address("away"), "no");
      return false;
    }
    this.toggleAttribute("busy", true);
    try {
      const { ok, said } = await post(address, form);
      if (!ok) {
        this.#say(wordsOf(said) || this.#address("away"), "no");
        return false;
      }
      this.#dialog?.close();
      this.#say((said as { said?: string } | null)?.said ?? "", "yes");
      await this.load();
      if (stand !== null) this.#timeline?.standOn(stand);
      return true;
    } catch {
      this.#say(this.#address("away"), "no");
      return false;
    } finally {
      this.toggleAttribute("busy", false);
    }
  }

  /** Asks for the plan anew; the present one stays until the next is here, and when none comes. */
  async load(): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const query = new URLSearchParams(location.search);
    query.set("console", this.#heart?.key ?? "");
    try {
      const response = await fetch(`${this.#address("src")}?${query}`, { headers: { accept: "application/json" }, signal: loading.signal });
      if (response.redirected || response.status === 401) return location.reload();
      const board = response.ok ? readBoard(await response.text()) : null;
      this.#part("error")?.toggleAttribute("hidden", board !== null);
      this.#show(board);
    } catch {
      if (!loading.signal.aborted) this.#part("error")?.toggleAttribute("hidden", !navigator.onLine);
    }
  }

  #soon = (): void => {
    if (this.#again) return;
    this.#again = window.setTimeout(() => {
      this.#again = 0;
      void this.load();
    }, calm);
  };

  #onLine = (): void => {
    this.#part("offline")?.toggleAttribute("hidden", navigator.onLine);
    this.toggleAttribute("offline", !navigator.onLine);
    if (navigator.onLine && this.#board) this.#soon();
  };

  async #openMenu(id: number): Promise<void> {
    const bar = this.#board && barById(this.#board, id);
    const place = this.#part("menu");
    const dialog = this.#dialog;
    if (!bar || !place || !dialog) return;
    try {
      const response = await fetch(bar.menu, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const menu = page.querySelector("[data-menu]");
      if (!menu) throw new Error("no menu");
      place.replaceChildren(document.adoptNode(menu));
      dialog.returnValue = "";
      if (!dialog.open) dialog.showModal();
      dialog.addEventListener("close", () => this.#timeline?.standOn(id), { once: true });
    } catch {
      this.#say(this.#address("away"), "no");
    }
  }

  #onClick = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    const timeline = this.#timeline;
    if (!button || !timeline) return;
    const id = Number(button.dataset["id"] ?? 0);
    const acts: Record<string, () => void> = {
      "zoom-in": () => timeline.zoom(1.5),
      "zoom-out": () => timeline.zoom(1 / 1.5),
      fit: () => timeline.fit(),
      earlier: () => timeline.pan(-120),
      later: () => timeline.pan(120),
      dense: () => this.#toggleDense(button),
      lasso: () => this.#toggleLasso(button),
      unchoose: () => this.#choose([]),
      close: () => this.#dialog?.close(),
      lift: () => {
        this.#dialog?.close();
        timeline.standOn(id);
        timeline.lift(id);
      },
    };
    acts[button.dataset["do"] ?? ""]?.();
  };

  #toggleDense(button: HTMLElement): void {
    const isDense = this.#timeline!.toggleAttribute("dense");
    button.setAttribute("aria-pressed", String(isDense));
    this.#timeline!.board = this.#board;
  }

  #toggleLasso(button: HTMLElement): void {
    const isOn = this.#map?.toggleAttribute("lassoing") ?? false;
    button.setAttribute("aria-pressed", String(isOn));
  }

  #onSubmit = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post") return;
    event.preventDefault();
    const said = new FormData(form, event.submitter);
    const stand = said.getAll("visit").length === 1 ? Number(said.get("visit")) : null;
    void this.#change(form.action, said, stand).then((isDone) => {
      if (!isDone) this.#tellInMenu();
    });
  };

  /** A refusal stands in the menu, too, where it was asked for. */
  #tellInMenu(): void {
    const place = this.#dialog?.open ? this.#dialog.querySelector("[data-answer]") : null;
    if (place) place.textContent = this.#part("said")?.textContent ?? "";
  }

  #onInput = (event: Event): void => {
    const { form } = event.target as HTMLInputElement;
    if (form?.dataset["asks"] === undefined) return;
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => void this.#askInMenu(form!), calm);
  };

  async #askInMenu(form: HTMLFormElement): Promise<void> {
    const place = form.querySelector("[data-answer]");
    const query = queryOf(new FormData(form));
    const asked = new URLSearchParams(query);
    if (!place || !(asked.get("technician") || asked.get("before"))) return place?.replaceChildren();
    const { ok, said } = await ask(this.#address("what-if"), query).catch(() => ({ ok: false, said: null }));
    place.textContent = ok ? (said as Answer).said : wordsOf(said) || this.#address("away");
  }

  #onKey = (event: KeyboardEvent): void => {
    const isTyping = (event.target as Element).closest("input, select, textarea, dialog[open]") !== null;
    if (!isTyping && event.key === "Escape" && this.#chosen.size) this.#choose([]);
    if (isTyping || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    const form = new FormData();
    form.append("day", this.#board?.day ?? "");
    void this.#change(this.#address("undo"), form);
  };
}

if (!customElements.get("plan-console")) customElements.define("plan-console", PlanConsole);
