"""What Python's ipaddress says about plans: the independent word beside lib/planning.

usage: planning_oracle.py TOOL

Every line of stdin is a JSON value, a case of the tool; every line of stdout is the JSON value that
the tool's answer must come to. For plan_subnets the case holds the answer, and the line is a list of
what is wrong with it.
"""

import ipaddress
import json
import re
import sys
from functools import lru_cache
from itertools import islice

EXACT = 2**53 - 1


@lru_cache(200_000)
def network(text):
    """The network, or None. Leading zeros and zones, which ipaddress accepts, are no part of a prefix."""
    if "%" in text or "/0" in text and re.search(r"/0[0-9]", text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(200_000)
def address(text):
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def show(one):
    """RFC 5952, whose section 5 asks for dotted decimal in the IPv4-mapped range."""
    if isinstance(one, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return f"{show(one.network_address)}/{one.prefixlen}"
    if one.version == 6 and int(one) >> 32 == 0xFFFF:
        return f"::ffff:{ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)}"
    return str(one)


def count(number):
    return number if number <= EXACT else str(number)


def usable(net):
    """First and last usable address and their number."""
    first, last = int(net.network_address), int(net.broadcast_address)
    if net.version == 4 and net.prefixlen < 31:
        first, last = first + 1, last - 1
    return first, last, last - first + 1


def same_family(net, first):
    return type(net.network_address)(first)


def cidr_info(text):
    net = network(text)
    if net is None:
        return None
    first, last, hosts = usable(net)
    return [
        show(net),
        net.version,
        net.prefixlen,
        show(net.network_address),
        show(net.broadcast_address) if net.version == 4 and net.prefixlen < 31 else None,
        show(net.netmask),
        show(net.hostmask) if net.version == 4 else None,
        count(net.num_addresses),
        count(hosts),
        show(same_family(net, first)),
        show(same_family(net, last)),
    ]


def ip_in_subnet(case):
    ip, net = address(case["ip"]), network(case["cidr"])
    if ip is None:
        return ["IP_INVALID", False, False, None, None if net is None else show(net)]
    if net is None:
        return ["CIDR_INVALID", False, False, show(ip), None]
    names = [show(ip), show(net)]
    if ip.version != net.version:
        return ["VERSION_MISMATCH", False, False, *names]
    if ip not in net:
        return ["OUT_OF_RANGE", False, False, *names]
    first, last, _ = usable(net)
    if int(ip) < first:
        return ["IN_RANGE_NETWORK_ADDRESS", True, False, *names]
    if int(ip) > last:
        return ["IN_RANGE_BROADCAST_ADDRESS", True, False, *names]
    return ["IN_RANGE_USABLE", True, True, *names]


def subnet_split(case):
    net, start = network(case["cidr"]), int(case["start_index"])
    if "count" in case:
        wanted = case["count"]
        if wanted & (wanted - 1):
            return None
        length = net.prefixlen + wanted.bit_length() - 1
    else:
        length = case["new_prefix"]
    if not net.prefixlen <= length <= net.max_prefixlen:
        return None
    total = 2 ** (length - net.prefixlen)
    if start >= total:
        return None
    listed = min(total - start, 4096)
    if start < 100:
        subnets = [show(one) for one in islice(net.subnets(new_prefix=length), start, start + listed)]
    else:
        size = 2 ** (net.max_prefixlen - length)
        subnets = [f"{show(net[(start + n) * size])}/{length}" for n in range(listed)]
    end = start + listed
    return [length, count(total), subnets, None if end == total else count(end)]


def read_all(texts):
    given = [(text, network(text)) for text in texts]
    return [(text, net) for text, net in given if net is not None]


def cidr_summarize(texts):
    read = read_all(texts)
    families = []
    for version in (4, 6):
        mine = [net for _, net in read if net.version == version]
        joined = sorted(ipaddress.collapse_addresses(mine))
        families.append([len(mine), [show(net) for net in joined], count(sum(net.num_addresses for net in joined))])
    return [len(texts) - len(read), families]


def pairs(nets):
    """Indexes of all overlapping pairs, what the first is to the second, and the smaller one."""
    found = []
    for i, a in enumerate(nets):
        for j in range(i + 1, len(nets)):
            b = nets[j]
            if a.version != b.version or not a.overlaps(b):
                continue
            if a == b:
                found.append((i, j, "equal", a))
            elif b.subnet_of(a):
                found.append((i, j, "contains", b))
            else:
                found.append((i, j, "contained_by", a))
    return found


def check_overlaps(texts):
    read = read_all(texts)
    found = pairs([net for _, net in read])
    return [
        len(texts) - len(read),
        len(found),
        sum(kind == "equal" for _, _, kind, _ in found),
        sorted(f"{read[i][0]} {kind} {read[j][0]} {show(net)}" for i, j, kind, net in found),
    ]


def read_map(vlan_map):
    """Subnets (key, id, network) and the number of errors."""
    subnets, errors, ids = [], 0, set()
    for key, entry in vlan_map.items():
        number = int(key) if re.fullmatch("[0-9]{1,8}", key) else 0
        if not 1 <= number <= 4094 or number in ids:
            errors += 1
            continue
        ids.add(number)
        cidrs = entry["cidr"] if isinstance(entry, dict) else entry
        for text in [cidrs] if isinstance(cidrs, str) else cidrs:
            net = network(text)
            if net is None:
                errors += 1
            else:
                subnets.append((key, number, net))
    return subnets, errors


def validate_vlan_map(vlan_map):
    subnets, errors = read_map(vlan_map)
    found = pairs([net for _, _, net in subnets])
    return [
        errors,
        errors == 0 and not found,
        sorted(
            f"{subnets[i][0]} {show(subnets[i][2])} {kind} {subnets[j][0]} {show(subnets[j][2])}"
            for i, j, kind, _ in found
        ),
    ]


def holding(subnets, ip):
    inside = [one for one in subnets if one[2].version == ip.version and ip in one[2]]
    return sorted(inside, key=lambda one: -one[2].prefixlen)


def find_vlan_for_ip(case):
    ip = address(case["ip"])
    if ip is None:
        return None
    subnets, errors = read_map(case["vlan_map"])
    inside = holding(subnets, ip)
    vlans = {key for key, _, _ in inside}
    kind = ["NO_MATCH", "ONE_MATCH"][len(vlans)] if len(vlans) < 2 else "MULTIPLE_MATCHES"
    return [errors == 0, kind, [[key, show(net)] for key, _, net in inside]]


def ip_in_vlan(case):
    ip = address(case["ip"])
    subnets, _ = read_map(case["vlan_map"])
    number = int(case["vlan_id"]) if re.fullmatch("[0-9]{1,8}", str(case["vlan_id"])) else 0
    mine = [one for one in subnets if one[1] == number]
    if ip is None:
        return ["IP_INVALID", None]
    inside = holding(mine, ip)
    if inside:
        return ["IN_VLAN", None]
    others = {key for key, _, _ in holding(subnets, ip)}
    guess = others.pop() if len(others) == 1 else None
    if not mine:
        return ["VLAN_NOT_FOUND", guess]
    alike = any(net.version == ip.version for _, _, net in mine)
    return ["NOT_IN_VLAN" if alike else "VERSION_MISMATCH", guess]


def span(net):
    return int(net.network_address), int(net.broadcast_address)


def disjoint(nets):
    """True if no two overlap."""
    ends = sorted(map(span, nets))
    return all(one[1] < two[0] for one, two in zip(ends, ends[1:]))


def meets(net, others):
    first, last = span(net)
    return any(other[0] <= last and first <= other[1] for other in others)


def needed_length(parent, hosts, given):
    """The length for this many hosts, found by trying one after the other."""
    held = given["reserve"] + (given["gateway"] != "none")
    bits = parent.max_prefixlen
    if parent.version == 6 and parent.prefixlen <= 64:
        return 64
    for length in range(bits, -1, -1):
        room = 2 ** (bits - length)
        if held == 0 and room <= 2 and hosts <= room:
            return length
        if room - (2 if parent.version == 4 else 1) >= hosts + held:
            return length
    return -1


def plan_subnets(case):
    given, answer = case["given"], case["answer"]
    parent = network(given["parent_cidr"])
    blocked = [network(text) for text in given["avoid"] + given["existing"]]
    blocked = [net for net in blocked if net.version == parent.version and net.overlaps(parent)]
    walls = [span(net) for net in ipaddress.collapse_addresses(blocked)]
    low, high = span(parent)
    open_addresses = parent.num_addresses - sum(
        max(0, min(last, high) - max(first, low) + 1) for first, last in walls
    )
    if answer is None:
        return [] if open_addresses == 0 else ["refused though there is room"]
    if open_addresses == 0:
        return ["planned though there is no room"]
    faults = []

    def expect(holds, fault):
        if not holds:
            faults.append(fault)

    required = {int(one["vlan_id"]): one for one in given["requirements"]}
    before = {int(one["vlan_id"]): network(one["allocated_cidr"]) for one in given["previous_plan"]}
    got = {one["vlan_id"]: one for one in answer["allocations"]}
    expect(len(answer["allocations"]) == len(required) and got.keys() == required.keys(), "not every VLAN once")
    placed = {key: network(one["allocated_cidr"]) for key, one in got.items() if one["allocated_cidr"]}
    expect(disjoint(placed.values()), "allocations overlap")
    expect(answer["success"] == (len(placed) == len(required)), "success")
    expect(
        answer["summary_cidrs"] == [show(net) for net in ipaddress.collapse_addresses(placed.values())],
        "summary_cidrs",
    )
    free = [network(text) for text in answer["remaining"]["free_cidrs"]]
    all_listed = len(free) == answer["remaining"]["free_count"]
    expect(all_listed or len(free) == 32 < answer["remaining"]["free_count"], "free_count")
    largest = min((net.prefixlen for net in free), default=999)
    needs = {}
    for key, one in required.items():
        vlan = got[key]
        net = placed.get(key)
        if "desired_prefix" in one:
            need = one["desired_prefix"]
        else:
            percent = one.get("growth_percent", given["growth_percent"])
            hosts = one["needed_hosts"] + -(-one["needed_hosts"] * percent // 100) + one["growth_hosts"]
            need = needed_length(parent, hosts, given)
            expect(vlan["requested_hosts"] == hosts, f"{key}: requested_hosts")
        needs[key] = need
        change, old = vlan["change"], before.get(key)
        if net is None:
            expect(need < parent.prefixlen or not all_listed or largest > need, f"{key}: unplaced though a block is free")
            expect(change is None and not vlan["success"] and vlan["notes"], f"{key}: unexplained")
            continue
        expect(net.subnet_of(parent), f"{key}: outside the parent")
        expect(not meets(net, walls), f"{key}: in a range to avoid or existing")
        expect(net.prefixlen <= need, f"{key}: too small")
        if change != "kept":
            expect(net.prefixlen == need, f"{key}: larger than needed")
        expect(
            {
                "new": old is None,
                "kept": old == net,
                "grown": old is not None and net != old and old.subnet_of(net),
                "shrunk": old is not None and net != old and net.network_address == old.network_address,
                "moved": old is not None,
            }[change],
            f"{key}: is not {change}",
        )
        first, last, _ = usable(net)
        if net.version == 6 and net.prefixlen < 127:
            first += 1
        gateway = vlan["gateway"]
        if given["gateway"] == "none" or first == last:
            expect(gateway is None, f"{key}: gateway")
        else:
            expect(int(address(gateway)) == (first if given["gateway"] == "first" else last), f"{key}: gateway")
        held = given["reserve"] + (given["gateway"] != "none")
        capacity = max(0, last - first + 1 - held)
        expect(str(vlan["host_capacity"]) == str(capacity), f"{key}: host_capacity")
        if capacity:
            if given["gateway"] == "last":
                last -= held
            else:
                first += held
            expect(int(address(vlan["first_host"])) == first, f"{key}: first_host")
            expect(int(address(vlan["last_host"])) == last, f"{key}: last_host")
        if "needed_hosts" in one:
            expect(capacity >= hosts, f"{key}: its hosts do not fit")
    for key, old in before.items():
        if key not in required or not old.subnet_of(parent) or meets(old, walls):
            continue
        rivals = [span(net) for other, net in before.items() if other != key and other in required]
        if old.prefixlen <= needs[key] and not meets(old, rivals):
            expect(got[key]["change"] in ("kept", "shrunk"), f"{key}: moved without need")
    sizes = [2 ** (parent.max_prefixlen - need) for need in needs.values()]
    order = [needs[one["vlan_id"]] for one in answer["allocations"]]
    expect(order == sorted(order), "not largest first")
    if not walls and not before and min(needs.values()) >= parent.prefixlen and sum(sizes) <= parent.num_addresses:
        expect(len(placed) == len(required), "not all placed though the sizes fit")
        expect(max(span(net)[1] for net in placed.values()) == low + sum(sizes) - 1, "not packed")
    expect(free == list(ipaddress.collapse_addresses(free)), "free_cidrs are not the fewest")
    expect(disjoint([*free, *placed.values()]), "a free block is taken")
    expect(not any(meets(net, walls) or not net.subnet_of(parent) for net in free), "a free block is not free")
    left = open_addresses - sum(net.num_addresses for net in placed.values())
    expect(not all_listed or sum(net.num_addresses for net in free) == left, "free_cidrs are not all")
    expect(str(answer["remaining"]["free_addresses"]) == str(left), "free_addresses")
    return faults


def main():
    judge = globals()[sys.argv[1]]
    out = []
    for line in sys.stdin:
        out.append(json.dumps(judge(json.loads(line)), separators=(",", ":"), ensure_ascii=False))
    sys.stdout.write("\n".join(out) + "\n")


main()
