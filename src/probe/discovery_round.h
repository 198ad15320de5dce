/// Reads the answers to a WS-Discovery question that core has sent, for a few seconds.
/// Flow     UDP socket of core -> read_probe_matches() -> ProbeNews{finished}: {"devices": [{address, port, uuid,
/// ...}]} Threads  one thread. Blocks for the time given. Errors   kCancelled: core stopped it. The address is the one
/// a datagram came from, not what it says.
#pragma once

#include "probe/core_line.h"

namespace vonggac::probe {

constexpr std::size_t kMaxDiscovered = 512;

base::Status listen_for_devices(CoreLine& line, base::UniqueFd socket, base::Micros time);

}  // namespace vonggac::probe
