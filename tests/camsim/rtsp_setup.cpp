// The parts of RtspSession that write the Transport, Session and RTP-Info headers and pick a session's numbers.
#include <fmt/format.h>

#include "camsim/rtsp_session.h"
#include "camsim/world.h"

namespace vonggac::camsim {
namespace {

constexpr std::uint16_t kSequenceBeforeWrap = 65'400;

}  // namespace

std::unique_ptr<PacketOut> RtspSession::make_out(const TransportRequest& wanted, int track) {
  Track& slot = tracks_[static_cast<std::size_t>(track)];
  if (wanted.tcp) {
    slot.rtcp_peer = {};
    return std::make_unique<TcpOut>(pipe_, static_cast<std::uint8_t>(wanted.interleaved_rtp),
                                    static_cast<std::uint8_t>(wanted.interleaved_rtcp));
  }
  sockaddr_in rtp_peer = peer_;
  rtp_peer.sin_port = htons(wanted.client_rtp_port);
  slot.rtcp_peer = peer_;
  slot.rtcp_peer.sin_port = htons(wanted.client_rtcp_port);
  return std::make_unique<UdpOut>(world_.udp_ports(), rtp_peer, slot.rtcp_peer);
}

SenderSetup RtspSession::make_setup(int track) {
  SenderSetup setup;
  const Faults& faults = camera_->faults();
  setup.ssrc = static_cast<std::uint32_t>(world_.random());
  setup.first_sequence = static_cast<std::uint16_t>(world_.random());
  setup.timestamp_base = static_cast<std::uint32_t>(world_.random());
  setup.seed = world_.random() | 1;
  setup.join_at_key = track == 0 && faults.join_at_key;
  if (track == 1) setup.clock_rate_hz = stream_->audio()->track().sample_rate_hz;
  if (faults.wrap_in_us > 0) {
    stream_->catch_up();
    const std::int64_t next =
        track == 0 ? stream_->video().first_timestamp(setup.join_at_key) : stream_->audio()->first_timestamp();
    const std::int64_t lead = faults.wrap_in_us / 1000 * setup.clock_rate_hz / 1000;
    setup.timestamp_base = static_cast<std::uint32_t>(static_cast<std::uint64_t>(-lead - next));
    setup.first_sequence = kSequenceBeforeWrap;
  }
  return setup;
}

std::string RtspSession::transport_header(const TransportRequest& wanted, const TrackSender& sender, int track) const {
  const QuirkSet& quirks = camera_->faults().quirks;
  std::string out;
  if (wanted.tcp) {
    out = fmt::format("RTP/AVP/TCP;unicast;interleaved={}-{}", wanted.interleaved_rtp, wanted.interleaved_rtcp);
  } else {
    const std::uint16_t port = world_.udp_ports().rtp_port();
    out = fmt::format("RTP/AVP;unicast;client_port={}-{};server_port={}-{}", wanted.client_rtp_port,
                      wanted.client_rtcp_port, port, port + 1);
  }
  std::uint32_t ssrc = sender.ssrc();
  if (has(quirks, Quirk::kWrongTransportSsrc)) ssrc ^= 0x5a5a5a5au + static_cast<std::uint32_t>(track);
  if (has(quirks, Quirk::kPaddedSsrc)) {
    out += fmt::format(";ssrc= {:X} ", ssrc);
  } else if (!has(quirks, Quirk::kNoTransportSsrc)) {
    out += fmt::format(";ssrc={:08X}", ssrc);
  }
  out += ";mode=\"PLAY\"";
  if (has(quirks, Quirk::kTrailingSemicolon)) out += ";";
  return out;
}

std::string RtspSession::session_header() {
  std::string out = fmt::format("{};timeout={}", session_id_, camera_->faults().session_timeout_s);
  if (has(camera_->faults().quirks, Quirk::kTrailingSemicolon)) out += ";";
  return out;
}

std::string RtspSession::rtp_info(const std::string& base) const {
  const bool zero = has(camera_->faults().quirks, Quirk::kZeroRtpInfo);
  std::string out;
  for (std::size_t track = 0; track < tracks_.size(); ++track) {
    const TrackSender* sender = tracks_[track].sender.get();
    if (sender == nullptr) continue;
    const std::int64_t first = track == 0 ? stream_->video().first_timestamp(camera_->faults().join_at_key)
                                          : stream_->audio()->first_timestamp();
    if (!out.empty()) out += ",";
    out += fmt::format("url={}trackID={};seq={};rtptime={}", base, track, zero ? 0 : sender->next_sequence(),
                       zero ? 0 : sender->wire_timestamp(first));
  }
  return out;
}

}  // namespace vonggac::camsim
