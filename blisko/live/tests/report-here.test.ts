import { describe, expect, test } from "vitest";
import { formOf, isUnderWay, noted, worthIt, type Report } from "../islands/report-here";
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

  test("waits from page to page, for the address it was meant for alone", () => {
    const words = JSON.stringify({ to: "/p/a", reports: [here] });
    expect([noted(words, "/p/a"), noted(words, "/p/b"), noted(null, "/p/a"), noted("odd", "/p/a"), noted("{}", "/p/a")]).toEqual([[here], [], [], [], []]);
  });

  test("keeps the screen on while somebody is on the way, by what was done here last", () => {
    const page = (words: string) => new DOMParser().parseFromString(words, "text/html");
    expect(isUnderWay(page(`<a data-visit="1" data-state="booked"></a><a data-visit="2" data-state="on_the_way"></a>`))).toBe(true);
    expect(isUnderWay(page(`<a data-visit="1" data-state="booked" data-now="on_the_way"></a>`))).toBe(true);
    expect(isUnderWay(page(`<a data-visit="1" data-state="on_the_way" data-now="on_site"></a>`))).toBe(false);
  });

  test("bears the time of a platform that starts elsewhere and runs fast", () => {
    expect(onPlatform(5_000, 2_000, 900_000, 20)).toBe(960_000);
  });
});
