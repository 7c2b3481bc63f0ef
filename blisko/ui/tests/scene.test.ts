import { describe, expect, test } from "vitest";
import { doorsByTag, tagOf, waitingTags } from "../islands/doors";
import { dressSpot, makeSpot, pointForTopic, readPoints, readRoute } from "../islands/scene";

const jan = '{"id":"jan","kind":"technician","lat":52.2,"lon":21,"label":"Jan","text":"JN"}';

test("what is no point and no line is left out", () => {
  expect(readPoints(`[${jan},{"kind":"ghost","lat":1,"lon":1},{"kind":"home","lat":99,"lon":1},null]`)).toHaveLength(1);
  expect(readPoints("nonsense")).toEqual([]);
  expect(readRoute("[[21,52],[22]]")).toEqual([]);
  expect(readRoute("[[21,52],[21.1,52.1]]")).toHaveLength(2);
});

test("a fix moves the point of its topic, and an only technician without one", () => {
  const [free] = readPoints(`[${jan}]`);
  const two = readPoints(`[${jan.replace('"id":"jan"', '"id":"ewa","topic":"t:2"')},${jan}]`);
  expect(pointForTopic([free!], "t:1")?.id).toBe("jan");
  expect(pointForTopic(two, "t:2")?.id).toBe("ewa");
  expect(pointForTopic([free!, { ...free!, id: "other" }], "t:1")).toBeUndefined();
});

describe("a mark", () => {
  test("names its person and is a link only where there is somewhere to go", () => {
    const [point] = readPoints(`[${jan}]`);
    const spot = makeSpot(point!);
    expect(spot.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("Jan");
    expect(makeSpot({ ...point!, href: "/v/1" }).querySelector("a")?.getAttribute("href")).toBe("/v/1");
  });

  test("never takes words of the server for markup", () => {
    const [point] = readPoints(`[${jan.replace("JN", "<b>")}]`);
    const spot = makeSpot(point!);
    dressSpot(spot, point!);
    expect(spot.querySelector("b")).toBeNull();
    expect(spot.textContent).toBe("<b>");
  });
});

test("an island is found by its file, and asked for once", () => {
  const doors = doorsByTag({ "../../live/islands/day-board.ts": () => Promise.resolve() });
  expect(tagOf("../../live/islands/day-board.ts")).toBe("day-board");
  document.body.innerHTML = "<day-board></day-board><day-board></day-board><other-tag></other-tag>";
  // happy-dom knows no :defined, so the tags are looked up in a tree where all of them wait.
  const root = { querySelectorAll: () => document.querySelectorAll("body > *") } as unknown as ParentNode;
  expect(waitingTags(root, doors)).toEqual(["day-board"]);
});
