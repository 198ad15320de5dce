/// The text messages of the live WebSocket (docs/reference/http-api.md), apart from the socket.
/// Threads  stateless.
/// Errors   kInvalidArgument for anything that is not one of our commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "live/tile_muxer.h"
#include "media/access_unit.h"

namespace vonggac::api {

constexpr std::uint8_t kInitFrame = 1;      ///< binary: [1][tile] ftyp moov
constexpr std::uint8_t kFragmentFrame = 2;  ///< binary: [2][tile] moof mdat

enum class LiveOp { kSubscribe, kUnsubscribe, kPause, kResume };

struct LiveCommand {
  LiveOp op = LiveOp::kSubscribe;
  std::uint8_t tile = 0;
  base::CameraId camera;  ///< kSubscribe
  media::StreamRole role = media::StreamRole::kSub;
};

base::Result<LiveCommand> parse_live_command(std::string_view text);

std::string live_init_text(std::uint8_t tile, const base::CameraId& camera, const live::LiveInit& init);
std::string live_ended_text(std::uint8_t tile, const std::string& reason);
std::string live_error_text(const std::string& detail);

}  // namespace vonggac::api
