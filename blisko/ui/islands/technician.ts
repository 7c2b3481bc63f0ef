/** The technician's phone. */
import "./htmx";
import "./live-stream";
import "./seen-ago";
import { openDoors } from "./doors";

openDoors();
