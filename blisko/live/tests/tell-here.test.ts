import { describe, expect, test } from "vitest";
import { bytesOf, formOf, markOf, stateOf, type Place } from "../islands/tell-here";

const here: Place = { able: true, framed: false, permission: "default" };

describe("the offer to be told in this browser", () => {
  test("is made where something can come of it, and nowhere else", () => {
    expect(stateOf(here, false)).toBe("offer");
    expect(stateOf({ ...here, permission: "granted" }, false)).toBe("offer");
    for (const not of [{ able: false }, { framed: true }, { permission: "denied" }]) expect(stateOf({ ...here, ...not }, true)).toBe("none");
  });

  test("has been taken where the house tells this browser and the browser still lets it", () => {
    expect(stateOf({ ...here, permission: "granted" }, true)).toBe("on");
    expect(stateOf(here, true)).toBe("offer");
  });

  test("knows the browser by the mark the house makes, too", async () => {
    expect(await markOf("https://push.example/send/abc")).toBe("7043c920dcbf8e8f4168e850");
  });

  test("reads keys and writes what the house needs", () => {
    expect([...bytesOf("-_8")]).toEqual([251, 255]);
    const form = formOf({ endpoint: "https://push.example/1", keys: { p256dh: "B", auth: "A" } });
    expect(form.toString()).toBe("endpoint=https%3A%2F%2Fpush.example%2F1&p256dh=B&auth=A");
  });
});
