/** Where a drawn map looks. Web Mercator; the whole world is 512 pixels wide at zoom 0, as MapLibre counts. Pure. */
import type { Box, LonLat } from "./motion";

export interface Camera {
  zoom: number;
  lon: number;
  lat: number;
}

export interface Room {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export const WORLD = 512;
/** What stays free round that which must be seen, and the closest look at it. */
export const ROOM: Room = { top: 72, bottom: 56, left: 52, right: 52 };
export const CLOSEST = 15.5;

export const acrossOf = (lon: number): number => (lon + 180) / 360;
export const downOf = (lat: number): number => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
const lonOf = (across: number): number => across * 360 - 180;
const latOf = (down: number): number => (Math.atan(Math.exp((0.5 - down) * 2 * Math.PI)) * 360) / Math.PI - 90;

/** The camera that sees a whole box, with room round it. */
export function cameraFor(box: Box, width: number, height: number, room: Room = ROOM, closest: number = CLOSEST): Camera {
  const [west, east, north, south] = [acrossOf(box.west), acrossOf(box.east), downOf(box.north), downOf(box.south)];
  const wide = Math.max(1, width - room.left - room.right) / Math.max(1e-12, (east - west) * WORLD);
  const high = Math.max(1, height - room.top - room.bottom) / Math.max(1e-12, (south - north) * WORLD);
  const zoom = Math.min(closest, Math.log2(Math.min(wide, high)));
  const scale = WORLD * 2 ** zoom;
  const across = (west + east) / 2 - (room.left - room.right) / 2 / scale;
  const down = (north + south) / 2 - (room.top - room.bottom) / 2 / scale;
  return { zoom, lon: lonOf(across), lat: latOf(down) };
}

/** Answers where a position lies on a picture of so many pixels that the camera takes. */
export function placing(camera: Camera, width: number, height: number): (lon: number, lat: number) => LonLat {
  const scale = WORLD * 2 ** camera.zoom;
  const [across, down] = [acrossOf(camera.lon), downOf(camera.lat)];
  return (lon, lat) => [width / 2 + (acrossOf(lon) - across) * scale, height / 2 + (downOf(lat) - down) * scale];
}
