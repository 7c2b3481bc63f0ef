/** The plan as values, and everything about it that can be decided without a page. Minutes count from the day's midnight. */
export interface Bar {
  id: number;
  who: string;
  where: string;
  when: string;
  job: string;
  state: string;
  stateText: string;
  tone: string;
  at: [number, number] | null;
  window: [number, number];
  promised: string;
  minutes: number;
  drive: number | null;
  driveText: string;
  flags: string[];
  risky: boolean;
  fits: boolean;
  movable: boolean;
  pinned?: boolean;
  lines: string[];
  label: string;
  href: string;
  menu: string;
  watched: string[];
}

export interface Row {
  id: number;
  name: string;
  initials: string;
  photo: string;
  note: string;
  label: string;
  shifts: [number, number][];
  breaks: [number, number][];
  bars: Bar[];
}

export interface Board {
  day: string;
  zero: string;
  starts: number;
  ends: number;
  now: number;
  speed: number;
  mayChange: boolean;
  undo: boolean;
  ticks: { at: number; text: string }[];
  rows: Row[];
  tray: Bar[];
  /** What is said where nothing lies in the tray. */
  trayEmpty: string;
  said: string;
  query: string;
  onlookers: { initials: string; name: string }[];
  counts: Record<string, number>;
  points: unknown[];
  routes: { id: number; line: [number, number][] }[];
}

/** Where the keyboard stands: `row` −1 is the tray; `bar` null is the row's own head. */
export interface Place {
  row: number;
  bar: number | null;
}

/** What a bar is held over: a technician at a minute, a bar to go before, one to swap with, or the tray. */
export interface Target {
  row: number;
  at: number;
  swap: number | null;
  before: number | null;
}

export interface Answer {
  ok: boolean;
  title: string;
  lines: { text: string; tone: string }[];
  said: string;
  /** Before whom, or last. */
  place?: string;
  at?: number | null;
  /** Where other visits would go with it. */
  moves?: { technician: number; at: [number, number] }[];
}

export const step = 5;

export function readBoard(text: string | null | undefined): Board | null {
  try {
    const raw: unknown = JSON.parse(text ?? "");
    const isBoard = typeof raw === "object" && raw !== null && Array.isArray((raw as Board).rows) && Array.isArray((raw as Board).tray);
    return isBoard ? (raw as Board) : null;
  } catch {
    return null;
  }
}

/** The nearest multiple of `by`. */
export function snap(minute: number, by = step): number {
  return Math.round(minute / by) * by;
}

/** Pixels a minute at which the whole day fits, never less than what can still be read. */
export function fitting(width: number, starts: number, ends: number): number {
  return Math.max(0.4, width / Math.max(60, ends - starts));
}

/** First and last row (exclusive) worth having in the page. */
export function visible(top: number, height: number, rowHeight: number, count: number, spare = 4): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  return [Math.min(first, count), Math.min(count, Math.ceil((top + height) / rowHeight) + spare)];
}

/** Bars of a row (−1: the tray) in the order of time. */
export function barsOf(board: Board, row: number): Bar[] {
  const bars = row < 0 ? board.tray : (board.rows[row]?.bars ?? []);
  return [...bars].sort((a, b) => startOf(a) - startOf(b) || a.id - b.id);
}

const startOf = (bar: Bar): number => bar.at?.[0] ?? bar.window[0];
const middleOf = (bar: Bar): number => (bar.at ? (bar.at[0] + bar.at[1]) / 2 : bar.window[0]);

/** Where a bar stands in the plan, wherever it has gone since. */
export function placeOf(board: Board, id: number): Place | null {
  if (board.tray.some((bar) => bar.id === id)) return { row: -1, bar: id };
  const row = board.rows.findIndex((one) => one.bars.some((bar) => bar.id === id));
  return row < 0 ? null : { row, bar: id };
}

export function barById(board: Board, id: number): Bar | undefined {
  return board.tray.find((bar) => bar.id === id) ?? board.rows.flatMap((row) => row.bars).find((bar) => bar.id === id);
}

/** The bar of a row nearest to a minute; its head where it has none. */
export function nearest(board: Board, row: number, minute: number): Place {
  const bars = barsOf(board, row);
  const best = bars.reduce<Bar | null>((found, bar) => (!found || Math.abs(middleOf(bar) - minute) < Math.abs(middleOf(found) - minute) ? bar : found), null);
  return { row, bar: best?.id ?? null };
}

/** Where an arrow key leads; the same place where it leads nowhere. */
export function neighbour(board: Board, from: Place, key: string, page = 10): Place {
  const bars = barsOf(board, from.row);
  const index = bars.findIndex((bar) => bar.id === from.bar);
  const at = (n: number): Place => ({ row: from.row, bar: bars[n]?.id ?? null });
  if (key === "ArrowRight") return bars.length ? at(Math.min(index + 1, bars.length - 1)) : from;
  if (key === "ArrowLeft") return index < 0 ? from : at(index - 1);
  if (key === "Home") return { row: from.row, bar: null };
  if (key === "End") return bars.length ? at(bars.length - 1) : from;
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[key];
  if (by === undefined) return from;
  const first = board.tray.length ? -1 : 0;
  const row = Math.max(first, Math.min(board.rows.length - 1, from.row + by));
  if (row === from.row) return from;
  const bar = bars[index];
  return bar ? nearest(board, row, middleOf(bar)) : { row, bar: null };
}

/** What a bar held at `minute` over a row would do. Over another that may move: with Alt a swap, else it goes before that one, or before
 * the next one from its middle on. */
export function targetOf(board: Board, row: number, minute: number, pointer: number, held: number, alt: boolean): Target {
  const queue = queueOf(board, row, held);
  const under = queue.find((bar) => bar.at[0] <= pointer && pointer < bar.at[1]);
  if (!under) return { row, at: snap(minute), swap: null, before: null };
  if (alt) return { row, at: snap(minute), swap: under.id, before: null };
  const isLate = pointer >= (under.at[0] + under.at[1]) / 2;
  const before = isLate ? queue[queue.indexOf(under) + 1] : under;
  return before ? { row, at: before.at[0], swap: null, before: before.id } : { row, at: snap(under.at[1]), swap: null, before: null };
}

type Planned = Bar & { at: [number, number] };

/** The visits of a row that another one may go before, in their order. */
function queueOf(board: Board, row: number, held: number): Planned[] {
  const bars = row < 0 ? [] : barsOf(board, row);
  return bars.filter((bar): bar is Planned => bar.id !== held && bar.movable && bar.at !== null);
}

/** The place one further in the row's order (or one nearer, `by` −1), for the keyboard; the same where there is none. */
export function nextPlace(board: Board, target: Target, held: number, by: 1 | -1): Target {
  const queue = queueOf(board, target.row, held);
  const now = target.before === null ? -1 : queue.findIndex((bar) => bar.id === target.before);
  const later = queue.findIndex((bar) => bar.at[0] >= target.at);
  const index = now >= 0 ? now + by : by > 0 ? later : later < 0 ? queue.length - 1 : later - 1;
  const bar = queue[index];
  return bar ? { row: target.row, at: bar.at[0], swap: null, before: bar.id } : target;
}

/** The choice after a press: `add` toggles (Ctrl), `through` takes everything between the last chosen and this one in the row (Shift). */
export function chosenAfter(board: Board, chosen: ReadonlySet<number>, id: number, how: { add: boolean; through: boolean }, last: number | null): Set<number> {
  if (how.through && last !== null) {
    const from = placeOf(board, last);
    const to = placeOf(board, id);
    if (from && to) return new Set([...(how.add ? chosen : []), ...between(board, from, to)]);
  }
  if (!how.add) return new Set([id]);
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}

function between(board: Board, a: Place, b: Place): number[] {
  const [low, high] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
  const minutes = [a, b].map((place) => middleOf(barById(board, place.bar ?? -1) as Bar));
  const [early, late] = [Math.min(...minutes), Math.max(...minutes)];
  return inBand(board, low, high, early, late);
}

/** Bars of the rows `low` to `high` that touch a stretch of minutes. */
export function inBand(board: Board, low: number, high: number, from: number, to: number): number[] {
  const rows = Array.from({ length: high - low + 1 }, (_, n) => low + n);
  return rows.flatMap((row) => barsOf(board, row).filter((bar) => (bar.at ? bar.at[0] <= to && bar.at[1] >= from : bar.window[0] <= to && bar.window[0] >= from)).map((bar) => bar.id));
}

/** A minute of the day as the server reads it: an instant with its zone. */
export function instant(zero: string, minute: number): string {
  return new Date(Date.parse(zero) + minute * 60_000).toISOString();
}

/** A minute of the day as a clock shows it, seconds left out. Ticks carry the zone's truth: the label nearest before it, and what is left. */
export function clockOf(board: Pick<Board, "ticks">, minute: number): string {
  const tick = board.ticks.findLast((one) => one.at <= minute) ?? board.ticks[0];
  if (!tick) return "";
  const [hour, minutes] = tick.text.split(":").map(Number) as [number, number];
  const total = (((hour * 60 + minutes + Math.floor(minute - tick.at + 1e-6)) % 1440) + 1440) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}
