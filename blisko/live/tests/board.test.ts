import { describe, expect, test } from "vitest";
import { barById, barsOf, chosenAfter, clockOf, fitting, inBand, instant, nearest, neighbour, nextPlace, placeOf, readBoard, snap, targetOf, visible, type Bar, type Board } from "../islands/board";

function bar(id: number, at: [number, number] | null, more: Partial<Bar> = {}): Bar {
  return {
    id, who: `Who ${id}`, where: "", when: "", job: "", state: "booked", stateText: "", tone: "", at, window: at ?? [600, 720], promised: "", minutes: 60,
    drive: null, driveText: "", flags: [], risky: false, fits: true, movable: true, lines: [], label: "", href: "", menu: "", watched: [], ...more,
  };
}

function board(rows: Bar[][], tray: Bar[] = []): Board {
  const made = rows.map((bars, index) => ({ id: 100 + index, name: "", initials: "", photo: "", note: "", label: "", shifts: [] as [number, number][], breaks: [] as [number, number][], bars }));
  return {
    day: "2026-11-25", zero: "2026-11-24T23:00:00+00:00", starts: 480, ends: 1080, now: 600, speed: 1, mayChange: true, undo: false,
    ticks: [{ at: 480, text: "08:00" }, { at: 540, text: "09:00" }], rows: made, tray, trayEmpty: "", said: "", query: "", onlookers: [], counts: {}, points: [], routes: [],
  };
}

const plan = board([[bar(2, [700, 760]), bar(1, [540, 600])], [bar(3, [560, 620])], [], [bar(4, [800, 860])]], [bar(9, null)]);

describe("a plan", () => {
  test("is read from JSON, and nothing else is one", () => {
    expect(readBoard(JSON.stringify(plan))?.rows.length).toBe(4);
    for (const text of [null, undefined, "", "{", "[]", '{"rows": []}', "null"]) expect(readBoard(text)).toBeNull();
  });

  test("finds its bars, and where they stand", () => {
    expect(barsOf(plan, 0).map((one) => one.id)).toEqual([1, 2]);
    expect(barById(plan, 9)?.id).toBe(9);
    expect(barById(plan, 77)).toBeUndefined();
    expect(placeOf(plan, 3)).toEqual({ row: 1, bar: 3 });
    expect(placeOf(plan, 9)).toEqual({ row: -1, bar: 9 });
    expect(placeOf(plan, 77)).toBeNull();
  });
});

describe("the keyboard", () => {
  test("goes along a row and ends at its head and its last bar", () => {
    expect(neighbour(plan, { row: 0, bar: 1 }, "ArrowRight")).toEqual({ row: 0, bar: 2 });
    expect(neighbour(plan, { row: 0, bar: 2 }, "ArrowRight")).toEqual({ row: 0, bar: 2 });
    expect(neighbour(plan, { row: 0, bar: 1 }, "ArrowLeft")).toEqual({ row: 0, bar: null });
    expect(neighbour(plan, { row: 0, bar: null }, "ArrowRight")).toEqual({ row: 0, bar: 1 });
    expect(neighbour(plan, { row: 0, bar: 1 }, "End")).toEqual({ row: 0, bar: 2 });
    expect(neighbour(plan, { row: 0, bar: 2 }, "Home")).toEqual({ row: 0, bar: null });
  });

  test("goes to the bar nearest in time above and below, to the head of an empty row, and into the tray", () => {
    expect(neighbour(plan, { row: 0, bar: 2 }, "ArrowDown")).toEqual({ row: 1, bar: 3 });
    expect(neighbour(plan, { row: 1, bar: 3 }, "ArrowDown")).toEqual({ row: 2, bar: null });
    expect(neighbour(plan, { row: 1, bar: 3 }, "PageDown")).toEqual({ row: 3, bar: 4 });
    expect(neighbour(plan, { row: 0, bar: 1 }, "ArrowUp")).toEqual({ row: -1, bar: 9 });
    expect(neighbour(board([[bar(1, [540, 600])]]), { row: 0, bar: 1 }, "ArrowUp")).toEqual({ row: 0, bar: 1 });
  });

  test("leaves other keys to others", () => {
    const here = { row: 0, bar: 1 };
    expect(neighbour(plan, here, "x")).toBe(here);
    expect(nearest(plan, 2, 600)).toEqual({ row: 2, bar: null });
  });
});

describe("choosing", () => {
  test("takes one, adds and takes away with Ctrl, takes all between with Shift", () => {
    const one = chosenAfter(plan, new Set([4]), 1, { add: false, through: false }, null);
    expect([...one]).toEqual([1]);
    expect([...chosenAfter(plan, one, 2, { add: true, through: false }, 1)]).toEqual([1, 2]);
    expect([...chosenAfter(plan, new Set([1, 2]), 2, { add: true, through: false }, 1)]).toEqual([1]);
    expect([...chosenAfter(plan, one, 2, { add: false, through: true }, 1)]).toEqual([1, 2]);
    expect([...chosenAfter(plan, one, 3, { add: false, through: true }, 77)]).toEqual([3]);
  });

  test("by a rubber band takes what it touches, in every row it crosses", () => {
    expect(inBand(plan, 0, 1, 590, 705)).toEqual([1, 2, 3]);
    expect(inBand(plan, 2, 3, 0, 700)).toEqual([]);
  });
});

describe("dropping", () => {
  test("lands on five minutes, and swaps only with Alt and with what may move", () => {
    expect(targetOf(plan, 0, 603, 610, 3, false)).toEqual({ row: 0, at: 605, swap: null, before: null });
    expect(targetOf(plan, 0, 560, 570, 3, true)).toEqual({ row: 0, at: 560, swap: 1, before: null });
    expect(targetOf(plan, 0, 560, 570, 1, true).swap).toBeNull();
    expect(targetOf(board([[bar(1, [540, 600], { movable: false })]]), 0, 560, 570, 3, true).swap).toBeNull();
    expect(targetOf(plan, -1, 0, 0, 3, true).swap).toBeNull();
  });

  test("over another visit goes before it, or before the next one from its middle on, or after the last", () => {
    expect(targetOf(plan, 0, 500, 550, 3, false)).toEqual({ row: 0, at: 540, swap: null, before: 1 });
    expect(targetOf(plan, 0, 500, 590, 3, false)).toEqual({ row: 0, at: 700, swap: null, before: 2 });
    expect(targetOf(plan, 0, 500, 750, 3, false)).toEqual({ row: 0, at: 760, swap: null, before: null });
    expect(targetOf(plan, 0, 540, 590, 1, false).before).toBeNull();
    expect(targetOf(board([[bar(1, [540, 600], { movable: false })]]), 0, 540, 550, 3, false).before).toBeNull();
  });

  test("goes from place to place in a row by keyboard, and stays where there is none", () => {
    const here = { row: 0, at: 500, swap: null, before: null };
    const first = nextPlace(plan, here, 3, 1);
    expect(first).toEqual({ row: 0, at: 540, swap: null, before: 1 });
    expect(nextPlace(plan, first, 3, 1).before).toBe(2);
    expect(nextPlace(plan, nextPlace(plan, first, 3, 1), 3, 1).before).toBe(2);
    expect(nextPlace(plan, first, 3, -1)).toBe(first);
    expect(nextPlace(plan, { ...here, at: 900 }, 3, -1).before).toBe(2);
    expect(nextPlace(plan, { ...here, at: 650 }, 3, -1).before).toBe(1);
    expect(nextPlace(plan, { ...here, at: 900 }, 3, 1).before).toBeNull();
    expect(nextPlace(plan, { ...here, row: 2 }, 3, 1).before).toBeNull();
  });
});

describe("the scale", () => {
  test("snaps, fits and shows only what is in sight", () => {
    expect([snap(602), snap(603), snap(607, 15)]).toEqual([600, 605, 600]);
    expect(fitting(1200, 480, 1080)).toBe(2);
    expect(fitting(10, 480, 1080)).toBe(0.4);
    expect(visible(560, 560, 56, 100)).toEqual([6, 24]);
    expect(visible(0, 560, 56, 3)).toEqual([0, 3]);
    expect(visible(9_999, 560, 56, 3)).toEqual([3, 3]);
  });

  test("tells minutes as instants and as a clock", () => {
    expect(instant(plan.zero, 605)).toBe("2026-11-25T09:05:00.000Z");
    expect(clockOf(plan, 605)).toBe("10:05");
    expect(clockOf(plan, 475)).toBe("07:55");
    expect(clockOf({ ticks: [] }, 600)).toBe("");
  });
});
