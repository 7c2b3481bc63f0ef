/** The customer's page: the smallest set that makes it live; the map comes by itself after first paint. */
import "./htmx";
import "./live-stream";
import "./seen-ago";
import { openDoors } from "./doors";

openDoors();
