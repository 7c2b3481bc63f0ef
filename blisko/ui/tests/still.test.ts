import { describe, expect, it } from "vitest";
import { cameraFor, CLOSEST, placing, ROOM } from "../islands/camera";
import { lettersAlong, wrapped } from "../islands/labels";
import { creditOf, evaluate, isDrawn } from "../islands/mapstyle";
import { along, type LonLat } from "../islands/motion";

describe("camera", () => {
  const box = { west: 19.2, south: 52.0, east: 19.24, north: 52.03 };

  it("sees a whole box with room round it, whatever the size of the picture", () => {
    for (const [width, height] of [[328, 266], [800, 300], [300, 800]] as const) {
      const at = placing(cameraFor(box, width, height), width, height);
      const [left, bottom] = at(box.west, box.south);
      const [right, top] = at(box.east, box.north);
      expect(left).toBeGreaterThan(ROOM.left - 0.01);
      expect(right).toBeLessThan(width - ROOM.right + 0.01);
      expect(top).toBeGreaterThan(ROOM.top - 0.01);
      expect(bottom).toBeLessThan(height - ROOM.bottom + 0.01);
      const touches = [left - ROOM.left, width - ROOM.right - right, top - ROOM.top, height - ROOM.bottom - bottom].map(Math.abs);
      expect(Math.min(...touches)).toBeLessThan(0.01);
    }
  });

  it("comes no closer to a single place than it may, and puts it in the middle of what is free", () => {
    const camera = cameraFor({ west: 19.2, east: 19.2, south: 52, north: 52 }, 328, 266);
    expect(camera.zoom).toBe(CLOSEST);
    const [x, y] = placing(camera, 328, 266)(19.2, 52);
    expect(x).toBeCloseTo(164, 3);
    expect(y).toBeCloseTo((266 + ROOM.top - ROOM.bottom) / 2, 3);
  });

  it("counts as MapLibre does: a world of 512 pixels at zoom 0", () => {
    const at = placing({ zoom: 0, lon: 0, lat: 0 }, 512, 512);
    expect(at(-180, 0)).toEqual([0, 256]);
    expect(at(180, 85.051128)[1]).toBeCloseTo(0, 3);
  });
});

describe("style", () => {
  it("chooses, compares and goes between as the specification says", () => {
    const road = { class: "primary", brunnel: "tunnel", name: "Lipowa" };
    expect(evaluate(["match", ["get", "class"], ["primary", "trunk"], true, false], 12, road)).toBe(true);
    expect(evaluate(["match", ["get", "class"], ["minor"], true, false], 12, road)).toBe(false);
    expect(evaluate(["all", ["==", ["get", "brunnel"], "tunnel"], ["!", ["==", ["get", "class"], "minor"]]], 12, road)).toBe(true);
    expect(evaluate(["case", ["==", ["get", "brunnel"], "tunnel"], 0.4, 1], 12, road)).toBe(0.4);
    expect(evaluate(["coalesce", ["get", "name"], ["get", "name:latin"]], 12, { "name:latin": "L" })).toBe("L");
    expect(evaluate(["interpolate", ["linear"], ["zoom"], 13, 0, 15, 1], 14)).toBe(0.5);
    expect(evaluate(["interpolate", ["exponential", 1.5], ["zoom"], 10, 1, 14, 5], 12)).toBeCloseTo(1 + (4 * (1.5 ** 2 - 1)) / (1.5 ** 4 - 1));
    expect(evaluate(["interpolate", ["linear"], ["zoom"], 13, 0, 15, 1], 9)).toBe(0);
    expect(evaluate(["interpolate", ["linear"], ["zoom"], 13, 0, 15, 1], 19)).toBe(1);
    expect(evaluate([2, 1.5], 12)).toEqual([2, 1.5]);
  });

  it("refuses what it does not know, so that the other map comes instead", () => {
    expect(() => evaluate(["step", ["zoom"], 1, 2, 3], 12)).toThrow("step");
  });

  it("knows from which zoom to which a layer is drawn, and whom to thank", () => {
    const layer = { id: "a", type: "line", minzoom: 11, maxzoom: 14 };
    expect([10.9, 11, 13.9, 14].map((zoom) => isDrawn(layer, zoom))).toEqual([false, true, true, false]);
    const source = { tiles: [""], minzoom: 0, maxzoom: 14, attribution: '<a href="https://osm.org">&copy; OpenStreetMap</a>' };
    expect(creditOf({ sources: { city: source }, layers: [] })).toBe("© OpenStreetMap");
  });
});

describe("names", () => {
  it("stand in the middle of a street, read from left to right, and only where they fit and it is nearly straight", () => {
    const street = [{ x: 0, y: 0 }, { x: 100, y: 0 }];
    const found = lettersAlong(street, [10, 10, 10]);
    expect(found?.map(({ x }) => x)).toEqual([40, 50, 60]);
    expect(lettersAlong([...street].reverse(), [10, 10, 10])?.map(({ x, angle }) => [x, angle])).toEqual([[40, 0], [50, 0], [60, 0]]);
    expect(lettersAlong(street, [50, 50])).toBeNull();
    expect(lettersAlong([{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 50, y: 50 }], [15, 15, 15, 15])).toBeNull();
  });

  it("are broken between words only", () => {
    const widthOf = (words: string) => words.length;
    expect(wrapped("Park Wolności i Pokoju", 13, widthOf)).toEqual(["Park Wolności", "i Pokoju"]);
    expect(wrapped("Konstantynopol", 3, widthOf)).toEqual(["Konstantynopol"]);
  });
});

describe("a way", () => {
  it("is told by points evenly apart", () => {
    const line: LonLat[] = [[0, 0], [0, 1], [0, 4]];
    expect(along(line, 5).map(([, lat]) => lat)).toEqual([0, 1, 2, 3, 4]);
    expect(along([[1, 1], [1, 1]], 5)).toEqual([[1, 1], [1, 1]]);
  });
});
