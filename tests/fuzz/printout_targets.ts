/**
 * What foreign programs and services print: ping, traceroute, mtr, their complaints, and banners.
 *
 * @module
 */
import { Unavailable } from "../../lib/errors/mod.ts";
import type { ProgramResult } from "../../lib/io/io.ts";
import { renderBanner } from "../../lib/probe/banner.ts";
import { parseMtrJson } from "../../lib/probe/mtr_json.ts";
import { mtrReport, reportMtr } from "../../lib/probe/mtr_report.ts";
import { pingReport, reportPing } from "../../lib/probe/ping_report.ts";
import { parseUnixPing } from "../../lib/probe/ping_unix.ts";
import { parseWindowsPing } from "../../lib/probe/ping_windows.ts";
import { programFailure, programSaid } from "../../lib/probe/program_dialect.ts";
import { reportTrace, tracerouteReport } from "../../lib/probe/traceroute_report.ts";
import { parseUnixTraceroute } from "../../lib/probe/traceroute_unix.ts";
import { parseWindowsTraceroute } from "../../lib/probe/traceroute_windows.ts";
import { texts } from "./mutate.ts";
import {
  asText,
  attempt,
  behindChoices,
  choose,
  fixtures,
  type FuzzTarget,
  must,
  mustBeJson,
  mustBePrintable,
  type Outcome,
} from "./target.ts";

const ADDRESS = "192.0.2.1";
const ENDED: readonly ProgramResult["ended"][] = ["exit", "deadline", "cancelled"];
/** Longest printout that is tried. */
const MAX_BYTES = 65_535;

function endOf(choice: number): ProgramResult["ended"] {
  return ENDED[choice % ENDED.length] ?? "exit";
}

function runPing(parse: typeof parseUnixPing): (input: Uint8Array) => Outcome {
  return (input) => {
    const [choice, bytes] = choose(input);
    const output = parse(asText(bytes));
    must(output.probes.length <= 2 * 4_096, `${output.probes.length} probes were kept`);
    must(
      output.probes.every(({ seq }, i) => i === 0 || seq >= (output.probes[i - 1]?.seq ?? 0)),
      "the probes are out of order",
    );
    const report = pingReport().safeParse(
      reportPing({ label: ADDRESS, address: ADDRESS }, output, endOf(choice), ""),
    );
    must(report.success, `the report does not fit its schema: ${report.error}`);
    const { summary, packets_sent, packets_received, reachable } = report.data;
    mustBeJson(report.data, 4_096 + 2 * 4_096 * 200);
    mustBePrintable(summary, 400, "the summary");
    must(packets_sent >= 0 && packets_received >= 0, "packets are counted below zero");
    return `${output.statistics === null} ${reachable} ${
      [...new Set(output.probes.map(({ status, reason }) => `${status} ${reason}`))].sort()
    }`;
  };
}

function runTrace(parse: typeof parseUnixTraceroute): (input: Uint8Array) => Outcome {
  return (input) => {
    const [choice, bytes] = choose(input);
    const hops = parse(asText(bytes));
    must(hops.length <= 256, `${hops.length} hops were kept`);
    for (const { probes } of hops) must(probes.length <= 64, `${probes.length} probes of one hop`);
    const end = hops.at(-1)?.probes.find(({ address }) => address !== null)?.address ?? ADDRESS;
    const report = tracerouteReport().safeParse(reportTrace({
      label: end,
      address: end,
      method: choice & 4 ? "udp" : "icmp",
      hops,
      ended: endOf(choice),
      names: new Map(),
      notes: [],
    }));
    must(report.success, `the report does not fit its schema: ${report.error}`);
    mustBeJson(report.data, 4_096 + bytes.length * 100);
    mustBePrintable(report.data.verdict.explanation, 2_000, "the explanation");
    mustBePrintable(report.data.summary, 2_400, "the summary");
    return `${report.data.verdict.kind} ${hops.some(({ labels }) => labels.size > 0)} ${
      hops.some(({ names }) => names.size > 0)
    } ${
      [
        ...new Set(hops.flatMap(({ probes }) => probes.map(({ flag }) => flag?.slice(0, 1)))),
      ].sort()
    }`;
  };
}

function runMtr(input: Uint8Array): Outcome {
  const parsed = parseMtrJson(asText(input));
  if (parsed === null) return "refused";
  const end = parsed.hops.at(-1)?.address ?? ADDRESS;
  const report = mtrReport().safeParse(reportMtr({
    label: end,
    address: end,
    cycles: parsed.tests ?? 10,
    hops: parsed.hops,
    complete: true,
    names: new Map(),
    notes: [],
  }));
  must(report.success, `the report does not fit its schema: ${report.error}`);
  const { data } = report;
  mustBeJson(data, 4_096 + 256 * 1_000);
  mustBePrintable(data.summary, 2_000, "the summary");
  for (const hop of data.hops) {
    must(hop.loss_percent >= 0 && hop.loss_percent <= 100, `${hop.loss_percent} % are lost`);
  }
  return `${data.verdict?.kind} ${data.issues_detected.length > 0} ${parsed.tests === null}`;
}

function runComplaint(input: Uint8Array): Outcome {
  const result: ProgramResult = {
    stdout: "",
    stderr: asText(input),
    code: 1,
    ended: "exit",
    durationMs: 0,
    truncated: false,
  };
  must(programSaid(result).length <= 200, "the program's words are not cut");
  const failure = programFailure("ping", `Cannot ping "${ADDRESS}"`, result);
  must(failure instanceof Unavailable, "the failure is of another class");
  // What the program said belongs into the field for it, where it is escaped.
  mustBePrintable(failure.message, 200, "the message");
  mustBePrintable(failure.hint, 300, "the hint");
  return failure.code;
}

function runBanner(input: Uint8Array): Outcome {
  const { text, cut } = renderBanner(input);
  must(text.length <= 200, `${text.length} characters are shown`);
  must(!cut || text.length >= 199, "cut, but not to the full length");
  const plain = attempt([TypeError], () => new TextDecoder("utf-8", { fatal: true }).decode(input));
  return `${cut} ${"value" in plain} ${text.includes("\\x")}`;
}

/** Everything that reads what programs and services say. */
export const printoutTargets: readonly FuzzTarget[] = [
  {
    name: "ping_unix",
    seeds: behindChoices(3, fixtures("probe", /^ping_(?!windows).*\.txt$/)),
    words: texts(
      "icmp_seq=",
      "seq=0",
      "(DUP!)",
      "time<1 ms",
      "time=0.1 ms",
      "From 192.0.2.9 icmp_seq=2 Destination Host Unreachable\n",
      "no answer yet for icmp_seq=",
      "36 bytes from 192.0.2.9: Time to live exceeded\n",
      "3 packets transmitted, 2 received, +1 duplicates\n",
      "rtt min/avg/max/mdev = 1/2/3/nan ms\n",
    ),
    maxBytes: MAX_BYTES,
    run: runPing(parseUnixPing),
  },
  {
    name: "ping_windows",
    seeds: behindChoices(3, fixtures("probe", /^ping_windows.*\.txt$/)),
    words: texts(
      "Reply from ",
      ": bytes=32 time<1ms TTL=64\n",
      "Request timed out.\n",
      "TTL expired in transit.\n",
      "    Packets: Sent = 4, Received = 3, Lost = 1\n",
      "    Minimum = 1ms, Maximum = 2ms, Average = 1ms\n",
    ),
    maxBytes: MAX_BYTES,
    run: runPing(parseWindowsPing),
  },
  {
    name: "traceroute_unix",
    seeds: behindChoices(6, fixtures("probe", /^traceroute_.*\.txt$/)),
    words: texts(
      " * ",
      " 1.5 ms",
      " !H",
      " !X",
      " !<13>",
      " !",
      "(192.0.2.1)",
      "\n 1  ",
      "\n    ",
      "<MPLS:L=24001,E=0,S=1,T=1>",
    ),
    maxBytes: MAX_BYTES,
    run: runTrace(parseUnixTraceroute),
  },
  {
    name: "traceroute_windows",
    seeds: behindChoices(3, fixtures("probe", /^tracert_.*\.txt$/)),
    words: texts(
      "<1 ms",
      "   *     ",
      " reports: Destination host unreachable.",
      "[192.0.2.1]",
      "\n  1  ",
    ),
    maxBytes: MAX_BYTES,
    run: runTrace(parseWindowsTraceroute),
  },
  {
    name: "mtr_json",
    seeds: fixtures("probe", /^mtr_.*\.json$/),
    words: texts('"count":', '"Loss%":', '"Snt":', '"Rcv":', '"Avg":', '"???"', "12.5%", "null"),
    maxBytes: MAX_BYTES,
    run: runMtr,
  },
  {
    name: "program_complaint",
    seeds: [
      ...fixtures("probe", /stderr\.txt$/),
      ...texts("ping: socket: Operation not permitted", "connect: Network is unreachable"),
    ],
    words: texts("invalid option", "permission denied", "no route to host", "family not supported"),
    run: runComplaint,
  },
  {
    name: "banner",
    seeds: [
      ...texts("SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 200 OK\r\nServer: ü\r\n\r\n"),
      Uint8Array.fromHex("160301000204ff"),
    ],
    maxBytes: 1_024,
    run: runBanner,
  },
];
