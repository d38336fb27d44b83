/** The compiled part of the capture engine. AssemblyScript. */
export { bind } from "./columns";
export { dissectFrames } from "./frames";
