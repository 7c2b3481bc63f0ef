import { describe, expect, test } from "vitest";
import { ahead, bearing, between, boxOf, metres, projection, stretch, type Fix, type LonLat } from "../islands/motion";

const a: Fix = { lat: 52.2, lon: 21.0, heading: 350 };
const b: Fix = { lat: 52.3, lon: 21.2, heading: 10 };

describe("between", () => {
  test("starts at the first fix and ends at the last", () => {
    expect(between(a, b, 0)).toEqual(a);
    expect(between(a, b, 1)).toEqual(b);
  });

  test("never runs beyond the last fix, however late it is", () => {
    for (const t of [1.0001, 5, Infinity, NaN]) expect(between(a, b, t)).toEqual(b);
    expect(between(a, b, -3)).toEqual(a);
  });

  test("turns the shorter way round over north", () => {
    expect(between(a, b, 0.5).heading).toBeCloseTo(0);
    expect(between(b, a, 0.75).heading).toBeCloseTo(355);
  });

  test("keeps the one heading that is known, and none where none is", () => {
    expect(between({ ...a, heading: null }, b, 0.3).heading).toBe(10);
    expect(between({ ...a, heading: null }, { ...b, heading: null }, 0.3).heading).toBeNull();
  });

  test("gets steadily nearer", () => {
    const left = [0, 0.25, 0.5, 0.75, 1].map((t) => metres(between(a, b, t), b));
    expect(left).toEqual([...left].sort((x, y) => y - x));
  });
});

test("a degree of latitude is 111 kilometres and east is ninety degrees", () => {
  expect(metres({ lat: 0, lon: 0, heading: null }, { lat: 1, lon: 0, heading: null })).toBeCloseTo(111_195, -1);
  expect(bearing({ lat: 0, lon: 0, heading: null }, { lat: 0, lon: 1, heading: null })).toBeCloseTo(90);
});

describe("projection", () => {
  test("puts every position inside the padding", () => {
    const places: [number, number][] = [[21, 52.2], [21.05, 52.24], [21.01, 52.22]];
    const at = projection(boxOf(places)!, 360, 400, 40);
    for (const [lon, lat] of places) {
      const [x, y] = at(lon, lat);
      expect(x).toBeGreaterThanOrEqual(39.9);
      expect(x).toBeLessThanOrEqual(320.1);
      expect(y).toBeGreaterThanOrEqual(39.9);
      expect(y).toBeLessThanOrEqual(360.1);
    }
  });

  test("puts a single point in the middle and north above south", () => {
    const at = projection(boxOf([[21, 52]])!, 300, 200, 20);
    expect(at(21, 52)).toEqual([150, 100]);
    expect(at(21, 52.001)[1]).toBeLessThan(100);
  });

  test("has no box for nothing", () => expect(boxOf([])).toBeNull());
});

test("a stretch lasts as long as the last wait, within reason", () => {
  expect([10, 5000, 60_000].map(stretch)).toEqual([400, 5000, 10_000]);
});

describe("what is left of a way", () => {
  const way: LonLat[] = [[19.2, 52], [19.21, 52], [19.22, 52], [19.22, 52.01]];
  const at = (lon: number, lat: number): Fix => ({ lon, lat, heading: null });

  test("starts where the technician is and keeps the end", () => {
    expect(ahead(way, at(19.215, 52.0002))).toEqual([[19.215, 52.0002], [19.22, 52], [19.22, 52.01]]);
  });
  test("stays as it was when he has left it", () => {
    expect(ahead(way, at(19.2, 52.01))).toEqual(way);
  });
  test("is a straight line from wherever he is when it is only a guess", () => {
    expect(ahead([[19.2, 52], [19.22, 52.01]], at(19.25, 52.05))).toEqual([[19.25, 52.05], [19.22, 52.01]]);
  });
  test("is nothing where there is no way", () => {
    expect(ahead([], at(19.2, 52))).toEqual([]);
  });
});
