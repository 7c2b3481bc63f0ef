/** A moment of the telephone on the platform's clock, which read `platform` when the telephone read `here` (all milliseconds). */
export function onPlatform(moment: number, here: number, platform: number, speed: number): number {
  return platform + (moment - here) * speed;
}
