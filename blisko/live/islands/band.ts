/** A rubber band over the rows: whatever it touches and may be moved is chosen. */
import { barById, inBand } from "./board";
import { make } from "./pieces";
import type { PlanTimeline } from "./plan-timeline";

const slack = 5;

export class Band {
  #box = make("tl-band");
  #from = { x: 0, y: 0 };
  #kept: number[] = [];
  isDrawing = false;

  constructor(private host: PlanTimeline) {}

  start(event: PointerEvent): void {
    const { left, top } = this.host.origin;
    this.#from = { x: event.clientX - left, y: event.clientY - top };
    this.#kept = event.ctrlKey || event.shiftKey ? [...this.host.chosen] : [];
    addEventListener("pointermove", this.#onMove);
    addEventListener("pointerup", this.#onUp);
    addEventListener("pointercancel", this.#onUp);
  }

  end(): void {
    removeEventListener("pointermove", this.#onMove);
    removeEventListener("pointerup", this.#onUp);
    removeEventListener("pointercancel", this.#onUp);
    this.#box.remove();
    this.isDrawing = false;
  }

  #onMove = (event: PointerEvent): void => {
    const { left, top } = this.host.origin;
    const to = { x: event.clientX - left, y: event.clientY - top };
    if (!this.isDrawing && Math.hypot(to.x - this.#from.x, to.y - this.#from.y) < slack) return;
    this.isDrawing = true;
    event.preventDefault();
    if (!this.#box.isConnected) this.host.rows.append(this.#box);
    const [x, y] = [Math.min(to.x, this.#from.x), Math.min(to.y, this.#from.y)];
    const [width, height] = [Math.abs(to.x - this.#from.x), Math.abs(to.y - this.#from.y)];
    this.#box.style.transform = `translate(${x}px, ${y}px)`;
    this.#box.style.width = `${width}px`;
    this.#box.style.height = `${height}px`;
    const board = this.host.board!;
    const row = (value: number) => Math.max(0, Math.min(board.rows.length - 1, Math.floor(value / this.host.rowHeight)));
    const minute = (value: number) => board.starts + value / this.host.ppm;
    const found = inBand(board, row(y), row(y + height), minute(x), minute(x + width)).filter((id) => barById(board, id)?.movable);
    this.host.chosen = new Set([...this.#kept, ...found]);
  };

  #onUp = (): void => {
    const wasDrawing = this.isDrawing;
    this.end();
    this.host.choose(wasDrawing ? this.host.chosen : this.#kept);
  };
}
