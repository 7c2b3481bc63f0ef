/** The technician's phone. */
import htmx from "./htmx";
import "./live-stream";
import "./seen-ago";
import "./desk.css";
import "./day.css";
import { openDoors } from "./doors";

// What he has opened stays open when the page is drawn anew beneath his thumb.
htmx.config.morphIgnore.push("open");

openDoors();
