/** A bar in the hand: carried by the pointer, or by the arrow keys once lifted. Only its shadow moves; the plan stays as it is. */
import { clockOf, nextPlace, placeOf, snap, step, targetOf, type Answer, type Bar, type Target } from "./board";
import { fillCard, lay, make } from "./pieces";
import type { PlanTimeline } from "./plan-timeline";

const slack = 4;
const patience = 120;
const edge = 36;
const speed = 14;
const rested = 350;

export class Drag {
  #bar: Bar | null = null;
  #isLifted = false;
  #ghost: HTMLElement | null = null;
  #spot = make("tl-spot");
  #shadows: HTMLElement[] = [];
  #promise = make("tl-promise");
  #card = make("tl-card tl-answer");
  #from = { x: 0, y: 0 };
  #grip = { x: 0, y: 0 };
  #at = { x: 0, y: 0 };
  #alt = false;
  #target: Target | null = null;
  #asked = "";
  #frame = 0;
  #asking = 0;
  #pointer = 0;
  #resting = 0;

  constructor(private host: PlanTimeline) {
    // While a finger carries something, the page must neither scroll nor open a menu under it.
    host.addEventListener("touchmove", (event) => this.held && event.preventDefault(), { passive: false });
    host.addEventListener("contextmenu", (event) => this.isTouching && event.preventDefault());
  }

  /** Whether a finger is, or may soon be, carrying a bar. */
  get isTouching(): boolean {
    return this.#resting !== 0;
  }

  /** The bar that is really on its way: pressed and moved, or lifted. */
  get held(): Bar | null {
    return this.#ghost || this.#isLifted ? this.#bar : null;
  }

  /** A finger takes a bar by resting on it; one that moves at once scrolls. */
  start(bar: Bar, event: PointerEvent): void {
    this.end();
    this.#bar = bar;
    if (event.pointerType === "touch") this.#resting = window.setTimeout(() => this.#take(), rested);
    this.#pointer = event.pointerId;
    this.#from = this.#at = { x: event.clientX, y: event.clientY };
    addEventListener("pointermove", this.#onMove);
    addEventListener("pointerup", this.#onUp);
    addEventListener("pointercancel", this.#onCancel);
    addEventListener("keydown", this.#onKey, true);
    addEventListener("keyup", this.#onKey, true);
  }

  lift(bar: Bar): void {
    const place = placeOf(this.host.board!, bar.id)!;
    this.#bar = bar;
    this.#isLifted = true;
    this.host.toggleAttribute("lifting", true);
    this.#carry({ row: Math.max(0, place.row), at: snap(bar.at?.[0] ?? bar.window[0]), swap: null, before: null });
  }

  /** Answers whether a key belonged to a bar that is lifted. */
  key(event: KeyboardEvent): boolean {
    if (!this.#isLifted || !this.#target) return false;
    const { row, at } = this.#target;
    const by = event.shiftKey ? 30 : step;
    const rows = this.host.board!.rows.length;
    const to = (there: number, then: number): void => this.#carry({ row: there, at: then, swap: null, before: null });
    if (event.key === "ArrowLeft") to(row, at - by);
    else if (event.key === "ArrowRight") to(row, at + by);
    else if (event.key === "ArrowUp") to(Math.max(0, row - 1), at);
    else if (event.key === "ArrowDown") to(Math.min(rows - 1, row + 1), at);
    else if (event.key.toLowerCase() === "b" && !event.ctrlKey && !event.metaKey) this.#carry(nextPlace(this.host.board!, this.#target, this.#bar!.id, event.shiftKey ? -1 : 1));
    else if (event.key === "Enter") this.#drop();
    else if (event.key === "Escape" || event.key === "Tab") this.#stop();
    else return false;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** What the server says; an answer about a place left meanwhile is late and says nothing. */
  answer(target: Target, answer: Answer): void {
    const now = this.#target;
    if (!this.held || !now || target.row !== now.row || target.at !== now.at || target.swap !== now.swap || target.before !== now.before) return;
    fillCard(this.#card, answer.title, answer.lines, answer.place);
    this.#card.dataset["ok"] = String(answer.ok);
    this.#spot.dataset["ok"] = String(answer.ok);
    const length = this.#bar!.at ? this.#bar!.at[1] - this.#bar!.at[0] : this.#bar!.minutes;
    if (typeof answer.at === "number" && target.swap === null) {
      lay(this.#spot, answer.at, answer.at + length, this.host.board!.starts);
      this.#spot.textContent = clockOf(this.host.board!, answer.at);
    }
    this.#shadow(answer);
    this.#placeCard();
  }

  /** Shows where other visits would go with this one. */
  #shadow(answer: Answer): void {
    const board = this.host.board!;
    for (const one of this.#shadows) one.remove();
    this.#shadows = (answer.moves ?? []).flatMap((move) => {
      const row = board.rows.findIndex((each) => each.id === move.technician);
      if (row < 0) return [];
      const shadow = make("tl-spot tl-shadow");
      lay(shadow, move.at[0], move.at[1], board.starts);
      shadow.style.transform = `translateY(${row * this.host.rowHeight}px)`;
      return [shadow];
    });
    this.host.rows.append(...this.#shadows);
  }

  end(): void {
    clearTimeout(this.#resting);
    this.#resting = 0;
    removeEventListener("pointermove", this.#onMove);
    removeEventListener("pointerup", this.#onUp);
    removeEventListener("pointercancel", this.#onCancel);
    removeEventListener("keydown", this.#onKey, true);
    removeEventListener("keyup", this.#onKey, true);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#asking);
    this.#frame = 0;
    this.#ghost?.remove();
    this.#ghost = null;
    this.#spot.remove();
    this.#promise.remove();
    this.#card.remove();
    for (const shadow of this.#shadows) shadow.remove();
    this.#shadows = [];
    if (this.#bar) this.host.elementOf(this.#bar.id)?.classList.remove("is-held");
    this.host.toggleAttribute("dragging", false);
    this.host.toggleAttribute("lifting", false);
    this.#bar = null;
    this.#isLifted = false;
    this.#target = null;
    this.#asked = "";
  }

  #stop(): void {
    const id = this.#bar?.id;
    this.end();
    this.host.tell("ask", null);
    this.host.released();
    if (id !== undefined) this.host.standOn(id);
  }

  #drop(): void {
    const bar = this.#bar;
    const target = this.#target;
    this.end();
    if (bar && target && target.row > -2) {
      const technician = target.row < 0 ? null : (this.host.board!.rows[target.row]?.id ?? null);
      const isHome = bar.at !== null && target.swap === null && target.before === null && technician === this.#homeOf(bar) && target.at === bar.at[0];
      const isNowhere = bar.at === null && technician === null;
      if (!isHome && !isNowhere) this.host.tell("drop", { visit: bar.id, technician, at: target.at, swap: target.swap, before: target.before });
    }
    this.host.released();
  }

  #homeOf(bar: Bar): number | null {
    const place = placeOf(this.host.board!, bar.id);
    return place && place.row >= 0 ? (this.host.board!.rows[place.row]?.id ?? null) : null;
  }

  #onMove = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    this.#at = { x: event.clientX, y: event.clientY };
    this.#alt = event.altKey;
    const isFar = Math.hypot(event.clientX - this.#from.x, event.clientY - this.#from.y) > slack * (this.isTouching ? 2 : 1);
    if (!this.#ghost && isFar && this.isTouching) return this.end();
    if (!this.#ghost && isFar) this.#take();
    if (this.#ghost) event.preventDefault();
  };

  #onUp = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    if (!this.#ghost) return this.end();
    this.#alt = event.altKey;
    this.#look();
    this.#drop();
  };

  #onCancel = (): void => this.#stop();

  #onKey = (event: KeyboardEvent): void => {
    this.#alt = event.altKey;
    if (event.key === "Alt") event.preventDefault();
    if (event.type !== "keydown" || event.key !== "Escape" || !this.#ghost) return;
    event.preventDefault();
    event.stopPropagation();
    this.#stop();
  };

  #take(): void {
    const bar = this.#bar!;
    const cell = this.host.elementOf(bar.id);
    if (!cell) return this.end();
    const box = cell.getBoundingClientRect();
    const ghost = cell.cloneNode(true) as HTMLElement;
    for (const name of ["role", "tabindex", "aria-selected", "aria-label", "style"]) ghost.removeAttribute(name);
    ghost.setAttribute("aria-hidden", "true");
    ghost.classList.add("tl-ghost");
    ghost.classList.remove("tl-chip");
    const width = bar.at ? box.width : bar.minutes * this.host.ppm;
    ghost.style.width = `${width}px`;
    ghost.toggleAttribute("data-narrow", true);
    this.#grip = { x: Math.min(this.#from.x - box.left, width / 2), y: Math.min(this.#from.y - box.top, 18) };
    cell.classList.add("is-held");
    this.host.toggleAttribute("dragging", true);
    this.host.append(ghost, this.#card);
    this.#ghost = ghost;
    this.#card.hidden = true;
    this.#frame = requestAnimationFrame(this.#step);
  }

  /** One frame in the hand: the shadow follows, the edges scroll, and a new place is asked about. */
  #step = (): void => {
    this.#ghost!.style.transform = `translate3d(${this.#at.x - this.#grip.x}px, ${this.#at.y - this.#grip.y}px, 0)`;
    this.#edges();
    this.#look();
    this.#placeCard();
    this.#frame = requestAnimationFrame(this.#step);
  };

  #edges(): void {
    const { scroller } = this.host;
    const box = scroller.getBoundingClientRect();
    const { x, y } = this.#at;
    if (y < box.top - 4 || y > box.bottom + edge) return;
    if (y > box.bottom - edge) scroller.scrollTop += speed;
    else if (y < box.top + edge) scroller.scrollTop -= speed;
    if (x > box.right - edge) scroller.scrollLeft += speed;
    else if (x > this.host.origin.left + scroller.scrollLeft - edge / 2 && x < this.host.origin.left + scroller.scrollLeft + edge / 2) scroller.scrollLeft -= speed;
  }

  #look(): void {
    const bar = this.#bar!;
    const { row, minute } = this.host.under(this.#at.x, this.#at.y);
    const starts = minute - this.#grip.x / this.host.ppm;
    const target = row < 0 ? { row, at: 0, swap: null, before: null } : targetOf(this.host.board!, row, starts, minute, bar.id, this.#alt);
    this.#show(target);
  }

  #carry(target: Target): void {
    this.#show(target);
    this.host.append(this.#card);
    const box = this.#spot.getBoundingClientRect();
    this.#at = { x: box.left, y: box.bottom };
    this.#spot.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#placeCard();
  }

  /** Shows where the bar would stand, and asks what that would mean, once the hand rests. */
  #show(target: Target): void {
    const key = `${target.row}|${target.at}|${target.swap}|${target.before}`;
    if (key === this.#asked) return;
    this.#asked = key;
    this.#target = target;
    this.#card.hidden = true;
    clearTimeout(this.#asking);
    for (const shadow of this.#shadows) shadow.remove();
    delete this.#spot.dataset["ok"];
    const board = this.host.board!;
    const bar = this.#bar!;
    const row = board.rows[target.row];
    if (!row) {
      this.#spot.remove();
      this.#promise.remove();
      return;
    }
    const minutes = bar.at ? bar.at[1] - bar.at[0] : bar.minutes;
    const swapped = target.swap === null ? null : row.bars.find((one) => one.id === target.swap)?.at;
    const isBefore = target.before !== null;
    const [from, to] = swapped ?? (isBefore ? [target.at - minutes, target.at] : [target.at, target.at + minutes]);
    lay(this.#spot, from, to, board.starts);
    lay(this.#promise, bar.window[0], bar.window[1], board.starts);
    this.#spot.dataset["swap"] = String(target.swap !== null);
    this.#spot.dataset["before"] = String(isBefore);
    this.#spot.textContent = swapped ? "⇄" : isBefore ? "⇥" : clockOf(board, target.at);
    const top = `translateY(${target.row * this.host.rowHeight}px)`;
    this.#spot.style.transform = top;
    this.#promise.style.transform = top;
    if (!this.#spot.isConnected) this.host.rows.append(this.#promise, this.#spot);
    this.#asking = window.setTimeout(() => this.host.tell("ask", { visit: bar.id, technician: row.id, target }), patience);
  }

  #placeCard(): void {
    if (!this.#card.childElementCount || !this.#spot.dataset["ok"]) return;
    this.#card.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.#card;
    const left = Math.max(8, Math.min(innerWidth - width - 8, this.#at.x + 18));
    const top = this.#at.y + 26 + height > innerHeight ? this.#at.y - height - 18 : this.#at.y + 26;
    this.#card.style.transform = `translate3d(${left}px, ${Math.max(8, top)}px, 0)`;
  }
}
