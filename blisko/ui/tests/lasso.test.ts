import { expect, test } from "vitest";
import { isInside, spotTowards, type Spot } from "../islands/lasso";
import { makeSpot, readPoints, readRoutes } from "../islands/scene";

test("a lasso holds what lies inside it, however it was drawn", () => {
  const horseshoe: Spot[] = [[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [3, 3], [3, 10], [0, 10]];
  expect(isInside([1, 9], horseshoe)).toBe(true);
  expect(isInside([5, 1], horseshoe)).toBe(true);
  expect(isInside([5, 8], horseshoe)).toBe(false);
  expect(isInside([20, 5], horseshoe)).toBe(false);
  expect(isInside([0, 0], [])).toBe(false);
});

test("many lines are read, and what is no line is left out", () => {
  const said = [{ id: 3, line: [[19, 52], [19.1, 52.1]] }, { id: 4, line: [[19, 52]] }, { id: 5 }, null];
  expect(readRoutes(JSON.stringify(said))).toEqual([{ id: "3", line: [[19, 52], [19.1, 52.1]] }]);
  expect(readRoutes("nonsense")).toEqual([]);
});

test("a mark that can be pressed is a button, one of all being reached by Tab", () => {
  const [point] = readPoints('[{"id": "visit-1", "kind": "visit", "lat": 52, "lon": 19, "label": "Here", "press": true}]');
  const mark = makeSpot(point!).firstElementChild!;
  expect([mark.tagName, mark.getAttribute("role"), mark.getAttribute("aria-label")]).toEqual(["BUTTON", null, "Here"]);
  expect([mark.hasAttribute("data-press"), mark.getAttribute("tabindex")]).toEqual([true, "-1"]);
});

test("arrow keys lead to the nearest mark that way, and nowhere where there is none", () => {
  const spots: Spot[] = [[0, 0], [10, 2], [30, 0], [2, 40]];
  expect(spotTowards(spots, 0, "ArrowRight")).toBe(1);
  expect(spotTowards(spots, 1, "ArrowRight")).toBe(2);
  expect(spotTowards(spots, 0, "ArrowDown")).toBe(3);
  expect(spotTowards(spots, 3, "ArrowUp")).toBe(0);
  expect(spotTowards(spots, 0, "ArrowLeft")).toBe(0);
  expect(spotTowards(spots, 0, "Tab")).toBe(0);
});
