/** The technician's phone. */
import "./htmx";
import "./live-stream";
import "./seen-ago";
import "./desk.css";
import "./day.css";
import { openDoors } from "./doors";

openDoors();
