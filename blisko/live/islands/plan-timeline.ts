/**
 * `<plan-timeline label hours corner tray>`: a row for each technician, a bar for each visit, time from left to right.
 *
 * The attributes are its words: of the whole, of the axis, of the head over the names and of the tray.
 * `board`, `chosen` and `answer()` are set by whoever holds the plan (`<plan-console>`); only rows in sight are in the page.
 *
 * Gives, bubbling: `blisko:choose {ids}`, `blisko:ask {visit, technician, target}` while a bar is held over a place, `blisko:drop
 * {visit, technician, at, swap, before}` (technician null: the tray), `blisko:menu {id}`, `blisko:stand {id}` when the focus moves.
 */
import { Band } from "./band";
import { barById, barsOf, chosenAfter, neighbour, placeOf, visible, type Answer, type Bar, type Board, type Place, type Target } from "./board";
import { Card } from "./card";
import { Drag } from "./drag";
import { fillLane, make, makeBar, makeRow } from "./pieces";
import { Scale } from "./scale";

interface Drawn {
  row: HTMLElement;
  lane: HTMLElement;
  content: string;
}

const zoomStep = 1.25;
const heartbeat = 5000;

export class PlanTimeline extends HTMLElement {
  #board: Board | null = null;
  #later: Board | null = null;
  #chosen = new Set<number>();
  #last: number | null = null;
  #place: Place = { row: 0, bar: null };
  #drawn = new Map<number, Drawn>();
  #grid = make("tl");
  #tray = make("tl-tray");
  #scroll = make("tl-scroll");
  #rows = make("tl-rows");
  #scale = new Scale(this, this.#scroll);
  #card = new Card(this);
  #drag = new Drag(this);
  #band = new Band(this);
  #size = new ResizeObserver(() => this.#resize());
  #frame = 0;
  #ticking = 0;
  #trayed = "";
  #tapped: number | null = null;

  connectedCallback(): void {
    this.#grid.setAttribute("role", "grid");
    this.#grid.setAttribute("aria-multiselectable", "true");
    this.#grid.setAttribute("aria-label", this.getAttribute("label") ?? "");
    const corner = make("tl-corner", this.getAttribute("corner") ?? "");
    corner.setAttribute("role", "columnheader");
    this.#scale.axis.setAttribute("aria-label", this.getAttribute("hours") ?? "");
    const head = make("tl-head", corner, this.#scale.axis);
    head.setAttribute("role", "row");
    this.#tray.setAttribute("role", "row");
    this.#scroll.setAttribute("role", "rowgroup");
    this.#rows.append(this.#scale.now);
    this.#scroll.append(make("tl-inner", head, this.#rows));
    this.#grid.append(this.#tray, this.#scroll);
    this.append(this.#grid);
    this.#card.open();
    this.#scroll.addEventListener("scroll", this.#soon, { passive: true });
    this.#scroll.addEventListener("wheel", this.#onWheel, { passive: false });
    this.addEventListener("keydown", this.#onKey);
    this.addEventListener("pointerdown", this.#onPointer);
    this.addEventListener("pointerover", this.#onOver);
    this.addEventListener("pointerleave", () => this.#card.hide());
    this.addEventListener("click", this.#onTap);
    this.addEventListener("dblclick", (event) => this.#menu(this.barAt(event)));
    this.addEventListener("focusin", this.#onFocus);
    this.#size.observe(this);
    this.#ticking = window.setInterval(() => this.#board && this.#scale.tick(this.#board), heartbeat);
  }

  disconnectedCallback(): void {
    this.#size.disconnect();
    clearInterval(this.#ticking);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#drag.end();
    this.#band.end();
  }

  get board(): Board | null {
    return this.#board;
  }

  /** A plan that comes while a bar is held waits until it is let go. */
  set board(board: Board | null) {
    if (this.#drag.held) {
      this.#later = board;
      return;
    }
    const isFirst = this.#board === null || this.#board.day !== board?.day;
    const standing = this.#holdsFocus();
    this.#board = board;
    if (!board) return;
    if (this.#place.bar !== null) this.#place = placeOf(board, this.#place.bar) ?? { row: Math.min(this.#place.row, board.rows.length - 1), bar: null };
    this.#drawTray();
    this.#scale.read(board);
    this.#grid.setAttribute("aria-rowcount", String(board.rows.length + 2));
    this.#resize();
    if (standing && !this.#holdsFocus()) this.#focusable()?.focus({ preventScroll: true });
    if (isFirst) this.#scale.toNow(board);
  }

  get chosen(): ReadonlySet<number> {
    return this.#chosen;
  }

  set chosen(ids: Iterable<number>) {
    this.#chosen = new Set(ids);
    this.#mark();
  }

  get ppm(): number {
    return this.#scale.ppm;
  }

  get scroller(): HTMLElement {
    return this.#scroll;
  }

  get rowHeight(): number {
    return parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 56;
  }

  /** The lanes' left edge and the first row's upper one, as they stand on the screen now. */
  get origin(): { left: number; top: number } {
    const box = this.#rows.getBoundingClientRect();
    return { left: box.left + this.#scale.names, top: box.top };
  }

  get rows(): HTMLElement {
    return this.#rows;
  }

  barAt(event: Event): Bar | null {
    const cell = (event.target as Element).closest<HTMLElement>(".tl-bar");
    return cell && this.#board ? (barById(this.#board, Number(cell.dataset["id"])) ?? null) : null;
  }

  elementOf(id: number): HTMLElement | null {
    return this.querySelector(`.tl-bar[data-id="${id}"]`);
  }

  /** What the server says about the place a bar is held over. */
  answer(target: Target, answer: Answer): void {
    this.#drag.answer(target, answer);
  }

  tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`blisko:${name}`, { detail, bubbles: true }));
  }

  choose(ids: Iterable<number>): void {
    this.#chosen = new Set(ids);
    this.#mark();
    this.tell("choose", { ids: [...this.#chosen] });
  }

  /** After a bar was let go: the plan that waited. */
  released(): void {
    const later = this.#later;
    this.#later = null;
    if (later) this.board = later;
  }

  zoom(by: number, at?: number): void {
    if (this.#board) this.#scale.zoom(this.#board, by, at);
  }

  pan(minutes: number): void {
    this.#scroll.scrollBy({ left: minutes * this.ppm, behavior: "smooth" });
  }

  fit(): void {
    if (this.#board) this.#scale.fit(this.#board);
  }

  /** Lifts the bar with this id, to be carried with the arrow keys. */
  lift(id: number): void {
    const bar = this.#board && barById(this.#board, id);
    if (bar?.movable && this.#board?.mayChange) this.#drag.lift(bar);
  }

  /** Puts the focus on a bar, wherever it is now. */
  stand(place: Place): void {
    const board = this.#board;
    if (!board) return;
    this.#place = place;
    this.#reveal();
    this.#draw();
    this.#focusable()?.focus({ preventScroll: true });
  }

  standOn(id: number): void {
    const place = this.#board && placeOf(this.#board, id);
    if (place) this.stand(place);
  }

  #resize(): void {
    if (!this.#board) return;
    this.#scale.stretch(this.#board);
    this.#rows.style.height = `${this.#board.rows.length * this.rowHeight}px`;
    this.#draw();
  }

  #drawTray(): void {
    const board = this.#board;
    if (!board) return;
    const content = JSON.stringify([board.tray, board.trayEmpty, board.starts]);
    if (content === this.#trayed) return;
    this.#trayed = content;
    const head = make("tl-tray-head", this.getAttribute("tray") ?? "", make("count", String(board.tray.length)));
    head.setAttribute("role", "rowheader");
    head.tabIndex = -1;
    head.dataset["head"] = "tray";
    const list = make("tl-tray-list", ...barsOf(board, -1).map((bar) => makeBar(bar, board.starts)));
    if (!board.tray.length) list.append(make("tl-tray-empty", board.trayEmpty));
    list.setAttribute("role", "presentation");
    this.#tray.replaceChildren(head, list);
    this.#mark();
  }

  #soon = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  };

  /** Brings rows in sight into the page and up to date, takes the others out; the row with the focus stays. */
  #draw(): void {
    const board = this.#board;
    if (!board) return;
    const height = this.rowHeight;
    const [first, end] = visible(this.#scroll.scrollTop, this.#scroll.clientHeight, height, board.rows.length);
    const standing = this.#holdsFocus();
    const wanted = new Set<number>();
    for (let index = 0; index < board.rows.length; index++) {
      if ((index < first || index >= end) && index !== this.#place.row) continue;
      const row = board.rows[index]!;
      wanted.add(row.id);
      this.#drawRow(index, height);
    }
    for (const [id, drawn] of this.#drawn) {
      if (wanted.has(id)) continue;
      drawn.row.remove();
      this.#drawn.delete(id);
    }
    this.#scale.narrow();
    this.#mark();
    if (standing && !this.#holdsFocus()) this.#focusable()?.focus({ preventScroll: true });
  }

  #drawRow(index: number, height: number): void {
    const board = this.#board!;
    const row = board.rows[index]!;
    const content = JSON.stringify([row, board.starts]);
    let drawn = this.#drawn.get(row.id);
    if (drawn && drawn.content !== content) {
      drawn.row.remove();
      drawn = undefined;
    }
    if (!drawn) {
      drawn = { ...makeRow(row), content };
      fillLane(drawn.lane, row, board.starts);
      this.#drawn.set(row.id, drawn);
      this.#rows.append(drawn.row);
    }
    drawn.row.style.top = `${index * height}px`;
    drawn.row.setAttribute("aria-rowindex", String(index + 3));
  }

  /** Shows what is chosen, and which cell the Tab key leads to. */
  #mark(): void {
    for (const cell of this.querySelectorAll<HTMLElement>(".tl-bar")) {
      const isChosen = this.#chosen.has(Number(cell.dataset["id"]));
      if ((cell.getAttribute("aria-selected") === "true") !== isChosen) cell.setAttribute("aria-selected", String(isChosen));
    }
    for (const cell of this.querySelectorAll<HTMLElement>("[tabindex='0']")) cell.tabIndex = -1;
    const cell = this.#focusable();
    if (cell) cell.tabIndex = 0;
  }

  #focusable(): HTMLElement | null {
    if (this.#place.bar !== null) return this.elementOf(this.#place.bar);
    const row = this.#board?.rows[this.#place.row];
    return this.querySelector(`[data-head="${this.#place.row < 0 || !row ? "tray" : row.id}"]`);
  }

  #holdsFocus(): boolean {
    return this.#grid.contains(document.activeElement);
  }

  /** Scrolls the place of the focus into sight. */
  #reveal(): void {
    const { row, bar } = this.#place;
    const board = this.#board;
    if (!board || row < 0) return;
    const height = this.rowHeight;
    const head = this.#scale.axis.offsetHeight;
    const scroll = this.#scroll;
    if (row * height < scroll.scrollTop) scroll.scrollTop = row * height;
    else if ((row + 1) * height + head > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = (row + 1) * height + head - scroll.clientHeight;
    const at = bar !== null ? barById(board, bar)?.at : null;
    if (!at) return;
    const [left, right] = at.map((minute) => (minute - board.starts) * this.ppm) as [number, number];
    if (left < scroll.scrollLeft) scroll.scrollLeft = left - 24;
    else if (right > scroll.scrollLeft + this.#scale.lane) scroll.scrollLeft = Math.min(left - 24, right - this.#scale.lane + 24);
  }

  #onFocus = (event: FocusEvent): void => {
    const cell = event.target as HTMLElement;
    const bar = this.barAt(event);
    const row = cell.dataset["head"] === "tray" ? -1 : (this.#board?.rows.findIndex((one) => String(one.id) === cell.dataset["head"]) ?? -1);
    if (bar && this.#board) this.#place = placeOf(this.#board, bar.id) ?? this.#place;
    else if (cell.dataset["head"]) this.#place = { row, bar: null };
    this.#mark();
    if (bar && !this.#drag.held && cell.matches(":focus-visible")) this.#card.show(bar, cell);
    else this.#card.hide();
    this.tell("stand", { id: bar?.id ?? null, technician: this.#board?.rows[this.#place.row]?.id ?? null });
  };

  #onOver = (event: PointerEvent): void => {
    if (event.buttons || this.#drag.held || this.#band.isDrawing) return;
    const bar = this.barAt(event);
    if (bar) this.#card.soon(bar, (event.target as Element).closest<HTMLElement>(".tl-bar")!);
    else this.#card.hide();
  };

  #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? zoomStep : 1 / zoomStep, event.clientX - this.#scroll.getBoundingClientRect().left);
  };

  #onPointer = (event: PointerEvent): void => {
    if (event.button !== 0 || !this.#board) return;
    this.#card.hide();
    const bar = this.barAt(event);
    if (!bar) {
      if ((event.target as Element).closest(".tl-rows") && event.pointerType === "mouse") this.#band.start(event);
      return;
    }
    const how = { add: event.ctrlKey || event.metaKey, through: event.shiftKey };
    if (how.add || how.through || !this.#chosen.has(bar.id)) this.choose(chosenAfter(this.#board, this.#chosen, bar.id, how, this.#last));
    this.#last = bar.id;
    this.stand(placeOf(this.#board, bar.id) ?? this.#place);
    if (bar.movable && this.#board.mayChange && !how.add && !how.through) this.#drag.start(bar, event);
  };

  /** A finger that taps what is chosen already opens what can be done with it. */
  #onTap = (event: MouseEvent): void => {
    const bar = this.barAt(event);
    const isAgain = bar !== null && bar.id === this.#tapped;
    this.#tapped = (event as PointerEvent).pointerType === "touch" ? (bar?.id ?? null) : null;
    if (isAgain && this.#tapped !== null) this.#menu(bar);
  };

  #menu(bar: Bar | null): void {
    if (bar) this.tell("menu", { id: bar.id });
  }

  #onKey = (event: KeyboardEvent): void => {
    const board = this.#board;
    if (!board || this.#drag.key(event)) return;
    const bar = this.#place.bar !== null ? barById(board, this.#place.bar) : undefined;
    if (event.key === "Enter" && bar) this.#menu(bar);
    else if (event.key === " " && bar) this.choose(chosenAfter(board, this.#chosen, (this.#last = bar.id), { add: true, through: event.shiftKey }, this.#last));
    else if (event.key === "Escape") return this.#card.hide();
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) this.choose([...board.tray, ...board.rows.flatMap((row) => row.bars)].filter((one) => one.fits && one.movable).map((one) => one.id));
    else if (event.key.toLowerCase() === "m" && bar && !event.ctrlKey && !event.altKey) this.lift(bar.id);
    else if (event.key === "+" || event.key === "=") this.zoom(zoomStep);
    else if (event.key === "-") this.zoom(1 / zoomStep);
    else {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const to = neighbour(board, this.#place, event.key);
      if (to === this.#place) return;
      this.stand(to);
      if (event.shiftKey && to.bar !== null) this.choose([...this.#chosen, ...(bar ? [bar.id] : []), to.bar]);
    }
    event.preventDefault();
  };

  /** What lies under a pointer: row (−1: the tray, −2: nothing), minute under it. */
  under(x: number, y: number): { row: number; minute: number } {
    const board = this.#board!;
    const tray = this.#tray.getBoundingClientRect();
    if (y >= tray.top && y <= tray.bottom && x >= tray.left && x <= tray.right) return { row: -1, minute: 0 };
    const { left, top } = this.origin;
    const row = Math.floor((y - top) / this.rowHeight);
    return { row: row >= 0 && row < board.rows.length ? row : -2, minute: board.starts + (x - left) / this.ppm };
  }
}

if (!customElements.get("plan-timeline")) customElements.define("plan-timeline", PlanTimeline);
