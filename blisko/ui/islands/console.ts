/** The desk: dispatcher, agent, manager. */
import "./htmx";
import "./live-stream";
import "./seen-ago";
import { openDoors } from "./doors";

openDoors();
