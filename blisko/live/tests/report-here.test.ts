import { describe, expect, test } from "vitest";
import { formOf, worthIt, type Report } from "../islands/report-here";
import { onPlatform } from "../islands/clock";

const here: Report = { lat: 52, lon: 19, timestamp: 1_000_000, accuracy: 8.04, speed: 10, bearing: 271.6 };

describe("a report of the open page", () => {
  test("goes out after ten seconds or twenty-five metres", () => {
    expect(worthIt(undefined, here)).toBe(true);
    expect(worthIt(here, { ...here, timestamp: here.timestamp + 9_000 })).toBe(false);
    expect(worthIt(here, { ...here, timestamp: here.timestamp + 10_000 })).toBe(true);
    expect(worthIt(here, { ...here, timestamp: here.timestamp + 1_000, lat: 52.0003 })).toBe(true);
  });

  test("says its speed in knots and leaves out what the telephone does not know", () => {
    expect(formOf(here).get("speed")).toBe("19.44");
    expect(formOf(here).get("bearing")).toBe("272");
    const still = formOf({ ...here, speed: null, bearing: null });
    expect([still.has("speed"), still.has("bearing")]).toEqual([false, false]);
  });

  test("bears the time of a platform that starts elsewhere and runs fast", () => {
    expect(onPlatform(5_000, 2_000, 900_000, 20)).toBe(960_000);
  });
});
