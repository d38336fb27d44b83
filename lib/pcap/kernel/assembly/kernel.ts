/** The compiled part of the capture engine. AssemblyScript. */
export { bind } from "./columns";
export { dissectFrames } from "./frames";
export { parseOptions } from "./options";
export { flagSegments } from "./flags";
export { bindTimes } from "./time_records";
export { bindHistograms } from "./histograms";
export { timeSegments } from "./times";
export { bindCoverage, coverSegments } from "./coverage";
export { addKnownFlows, bindFlows, findFlows } from "./flows";
export { bindConnections, countSegments } from "./connections";
export { bindFlagCells } from "./flag_cells";
export { bindCopies, rememberPackets } from "./copies";
export { addToBins, bindBins, joinBins } from "./bins";
export { bindSurvey, surveyBatch } from "./survey";
export { bindDnsQueue, readDns } from "./dns_messages";
export { bindDnsHosts, bindDnsNames, bindDnsTables, findDns } from "./dns_tables";
export { bindDnsRows, bindLooks, collectDns, hasFragments, lookOn } from "./messages";
