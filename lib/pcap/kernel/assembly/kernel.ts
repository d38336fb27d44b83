/** The compiled part of the capture engine. AssemblyScript. */
export { bind } from "./columns";
export { fillConstants, frameRecords, sumPackets } from "./records";
export { dissectFrames } from "./frames";
export { parseOptions } from "./options";
export { flagSegments } from "./flags";
export { bindTimes } from "./time_records";
export { bindHistograms } from "./histograms";
export { timeSegments } from "./times";
export { bindCoverage, coverSegments } from "./coverage";
export { bindHash } from "./flow_keys";
export { bindRecords } from "./flow_records";
export { takeFlows } from "./flows";
export { bindConnections, countSegments } from "./connections";
export { bindCopies, rememberPackets } from "./copies";
export { bindSurvey, surveyBatch } from "./survey";
