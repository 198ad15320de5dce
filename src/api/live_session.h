/// One live WebSocket: all tiles of a page, one bounded queue. Internal to the room.
/// Threads  bound to the loop. Keeps itself alive while something is under way.
/// Limits   64 tiles, 4 kB and 50 a second of commands, the queue's bounds; pings after 10 s of silence.
#pragma once

#include <memory>

#include "api/server_context.h"
#include "api/web_socket.h"

namespace vonggac::api {

/// `request` is the checked upgrade request of `credentials`; the stream has no operation under way.
void start_live_session(ClientStream stream, UpgradeRequest request, ServerContext& context,
                        std::shared_ptr<ConnectionSlot> slot, std::shared_ptr<PersonSlot> share,
                        gate::Credentials credentials);

}  // namespace vonggac::api
