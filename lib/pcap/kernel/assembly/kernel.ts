/** The compiled part of the capture engine. AssemblyScript. */
export { bind } from "./columns";
export { dissectFrames } from "./frames";
export { parseOptions } from "./options";
export { flagSegments } from "./flags";
export { addKnownFlows, bindFlows, findFlows } from "./flows";
