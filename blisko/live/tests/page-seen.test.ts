import { describe, expect, it } from "vitest";
import { isSeen } from "../islands/page-seen";

describe("a page is seen", () => {
  it("only when it is visible and not merely prepared", () => {
    expect(isSeen({ visibilityState: "visible" })).toBe(true);
    expect(isSeen({ visibilityState: "visible", prerendering: false })).toBe(true);
    expect(isSeen({ visibilityState: "visible", prerendering: true })).toBe(false);
    expect(isSeen({ visibilityState: "hidden" })).toBe(false);
  });
});
