// Reads CZML on standard input with CesiumJS itself; tells what it has understood as JSON.
import { createRequire } from "node:module";

globalThis.Image = class {};
globalThis.HTMLCanvasElement = class {};
globalThis.HTMLVideoElement = class {};
const require = createRequire(process.argv[2]);
const { Cartographic, CzmlDataSource, JulianDate, Math: Angle } = require("cesium");
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const source = await CzmlDataSource.load(JSON.parse(Buffer.concat(chunks).toString("utf-8")));
const now = JulianDate.fromIso8601("2026-05-01T05:00:00Z");
const degrees = (place) => {
  const { longitude, latitude, height } = Cartographic.fromCartesian(place);
  return [Angle.toDegrees(longitude), Angle.toDegrees(latitude), height];
};
const told = source.entities.values.map((one) => ({
  id: one.id,
  name: one.name,
  description: one.description.getValue(now),
  available: one.isAvailable(now),
  place: one.position ? degrees(one.position.getValue(now)) : null,
  ground: one.point ? one.point.heightReference.getValue(now) !== 0 : null,
  ring: one.polygon ? one.polygon.hierarchy.getValue(now).positions.map(degrees) : null,
  top: one.polygon?.extrudedHeight?.getValue(now) ?? null,
}));
process.stdout.write(JSON.stringify(told));
