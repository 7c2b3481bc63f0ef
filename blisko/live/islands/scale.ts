/** Time from left to right: the axis, the present minute, and how far the page has zoomed in. */
import { fitting, type Board } from "./board";
import { lay, make } from "./pieces";

const closest = 12;
const coarse = 0.75;
/** Pixels from which on a visit has room for whole lines. */
const roomy = 140;

export class Scale {
  axis = make("tl-axis");
  now = make("tl-now");
  ppm = 1;
  #fitted = true;
  #read = 0;

  constructor(private host: HTMLElement, private scroll: HTMLElement) {
    this.axis.setAttribute("role", "columnheader");
    this.now.setAttribute("aria-hidden", "true");
  }

  get names(): number {
    return parseFloat(getComputedStyle(this.host).getPropertyValue("--names")) || 180;
  }

  get lane(): number {
    return this.scroll.clientWidth - this.names;
  }

  read(board: Board): void {
    this.#read = performance.now();
    const ticks = board.ticks.map((tick) => {
      const mark = make("tl-tick", tick.text);
      mark.setAttribute("aria-hidden", "true");
      lay(mark, tick.at, tick.at + 60, board.starts);
      return mark;
    });
    this.axis.replaceChildren(...ticks);
    this.tick(board);
  }

  /** The present minute goes on by the platform's clock, between two answers of the server. */
  tick(board: Board): void {
    const now = board.now + ((performance.now() - this.#read) / 60_000) * (board.speed || 1);
    this.now.hidden = now < board.starts || now > board.ends;
    this.now.style.left = `calc(var(--names-px) + ${(now - board.starts).toFixed(2)}px * var(--ppm))`;
  }

  /** Fits the day into the width there is, unless somebody has come closer. */
  stretch(board: Board): void {
    const least = fitting(this.lane, board.starts, board.ends);
    if (this.#fitted || this.ppm < least) this.ppm = least;
    const { style } = this.host;
    style.setProperty("--ppm", this.ppm.toFixed(4));
    style.setProperty("--span", `${((board.ends - board.starts) * this.ppm).toFixed(1)}px`);
    style.setProperty("--hour", `${(60 * this.ppm).toFixed(3)}px`);
    this.host.toggleAttribute("coarse", this.ppm < coarse);
    this.narrow();
  }

  /** Marks the bars that are too narrow for a line; nothing is measured, and a query of the style sheet would cost frames in the hand. */
  narrow(): void {
    for (const cell of this.host.querySelectorAll<HTMLElement>(".tl-bar[data-minutes]")) {
      const isNarrow = Number(cell.dataset["minutes"]) * this.ppm < roomy;
      if (cell.hasAttribute("data-narrow") !== isNarrow) cell.toggleAttribute("data-narrow", isNarrow);
    }
  }

  /** Comes closer by a factor; what lies at `at` pixels of the frame stays there. */
  zoom(board: Board, by: number, at = this.scroll.clientWidth / 2): void {
    const least = fitting(this.lane, board.starts, board.ends);
    const before = this.ppm;
    const inLane = this.scroll.scrollLeft + at - this.names;
    this.ppm = Math.min(closest, Math.max(least, before * by));
    this.#fitted = this.ppm <= least;
    this.stretch(board);
    this.scroll.scrollLeft += inLane * (this.ppm / before - 1);
  }

  fit(board: Board): void {
    this.#fitted = true;
    this.stretch(board);
  }

  toNow(board: Board): void {
    if (board.now > board.starts && board.now < board.ends) this.scroll.scrollLeft = (board.now - board.starts - 60) * this.ppm;
  }
}
